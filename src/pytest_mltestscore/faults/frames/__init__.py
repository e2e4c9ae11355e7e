"""Damages of data frames, one a file."""
