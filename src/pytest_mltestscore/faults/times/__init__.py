"""Damages of moments: datetimes, dates, and texts in ISO 8601, one a file."""
