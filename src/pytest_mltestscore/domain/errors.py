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


class NewerRecordError(RecordError):
    """A run record of a newer version, which cannot be read before an update."""


class StoreError(MLTestScoreError, OSError):
    """A store that cannot be reached, read or written. Holds no password, nor what caused it."""


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


class MissingDependencyError(MLTestScoreError, ImportError):
    """A library that is needed here and cannot be imported. Says how to install it."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(
            f"{module} is needed here and cannot be imported:"
            f" pip install 'pytest-mltestscore[{extra}]'",
            name=module,
        )


class MLTestScoreWarning(UserWarning):
    """The one category of warnings that this package emits."""


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like `name`, in whole or in one of its words; None if none is close.

    >>> nearest("feature-shema", ["feature-schema", "canary"])
    'feature-schema'
    >>> nearest("shema", ["feature-schema", "canary"])
    'feature-schema'
    """
    known, word = list(choices), name.casefold()
    whole = get_close_matches(word, known, n=1, cutoff=0.6)
    if whole:
        return whole[0]
    # The first choice with a word wins, so they are entered from the last to the first.
    by_word = {part: choice for choice in reversed(known) for part in choice.split("-")}
    found = get_close_matches(word, [part for part in by_word if len(part) > 3], n=1, cutoff=0.75)
    return by_word[found[0]] if found else None
