"""Damages of files, folders and repositories, done to copies, one a file."""
