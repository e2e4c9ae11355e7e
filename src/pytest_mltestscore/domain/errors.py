"""Every error that a user can meet. Each message names the place and says how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class MLTestScoreError(Exception):
    """Base of all errors raised by this package."""


class ConfigError(MLTestScoreError, ValueError):
    """Bad configuration: option values, tags, attestations, waivers, policy."""


class RubricError(MLTestScoreError, ValueError):
    """A rubric that cannot be used. Lists every problem found, each with file and key."""


class RecordError(MLTestScoreError, ValueError):
    """A run record that cannot be read: corrupt, alien, or of a newer major version."""


class MergeError(MLTestScoreError, ValueError):
    """Run records that do not describe parts of one run."""


class UnknownItemError(MLTestScoreError, LookupError):
    """An item id or name that the rubric does not have."""

    def __init__(self, name: str, choices: Iterable[str]) -> None:
        self.name = name
        self.suggestion = nearest(name, choices)
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        super().__init__(f"unknown rubric item {name!r}{hint} (`mlscore list` shows all items)")


class InputError(MLTestScoreError, ValueError):
    """An argument that a check cannot work with. `argument` names it."""

    def __init__(self, argument: str, problem: str) -> None:
        self.argument = argument
        super().__init__(f"{argument}: {problem}")


class MLTestScoreWarning(UserWarning):
    """The one category of warnings that this package emits."""


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like `name`, or None if none is close.

    >>> nearest("feature-shema", ["feature-schema", "canary"])
    'feature-schema'
    """
    found = get_close_matches(name.casefold(), list(choices), n=1, cutoff=0.6)
    return found[0] if found else None
