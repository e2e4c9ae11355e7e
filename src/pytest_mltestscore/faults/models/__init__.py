"""Damages of what answers rows, one a file: anything with `predict`, and functions."""
