"""What is not looked into for examples in docstrings."""

# The compiler warns of one of its tests, and rightly so: that is what makes it weak.
collect_ignore = ["wild.py"]
