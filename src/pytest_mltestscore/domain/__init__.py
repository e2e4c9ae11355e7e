"""Frozen value types and errors: the words of `docs/reference`, without behaviour or I/O."""
