"""What `mlscore init` does: look at a repository, guess the parts of its system, write files.

Nothing of the repository is imported or run: names of files, syntax trees and the first megabytes
of a table are all that is read, and each is bounded.
"""

from __future__ import annotations

from ._deciding import Plan, decide
from ._looking import look
from ._writing import as_diff, write

__all__ = ["Plan", "as_diff", "decide", "look", "write"]
