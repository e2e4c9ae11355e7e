"""Damages of values that belong together: features and labels, rows and who is to be deleted."""
