"""Where a setting came from. Light: every pytest run imports it."""

COMMAND_LINE = "command line"
"""Origin of a setting typed for one run; that of others is the file that they stand in."""
