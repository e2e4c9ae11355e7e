"""Damages of lists of names, one a file."""
