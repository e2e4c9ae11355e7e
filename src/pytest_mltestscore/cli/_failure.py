"""What a person typed, or what a disk or stream cannot do: errors that only the CLI knows."""

from __future__ import annotations

from ..domain.errors import MLTestScoreError


class CommandError(MLTestScoreError):
    """A command that cannot be carried out as it was typed. Names the place and the mend."""
