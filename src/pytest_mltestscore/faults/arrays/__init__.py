"""Damages of arrays and lists of numbers, one a file."""
