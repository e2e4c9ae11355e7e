"""Damages of commands, given as lists of words, one a file."""
