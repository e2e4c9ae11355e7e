"""What libraries raise, as one error that says the mend and no secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from ..domain.errors import MLTestScoreError, StoreError
from ..domain.text import clean_line
from ._address import Discretion, masked

T = TypeVar("T")

_ASIDE = re.compile(r"\s*(?:\[SQL: .*|\(Background on this error at: .*)", re.DOTALL)
"""What SQLAlchemy adds to what the database said."""


class Failures:
    """Runs what may fail at a place, and says what failed."""

    def __init__(self, url: str, mend: str) -> None:
        self.place = masked(url)
        self._discretion = Discretion(url)
        self._mend = mend

    def run(self, doing: str, function: Callable[[], T]) -> T:
        """Return what the function returns.

        Raises
        ------
        StoreError
            If it raises anything but an error of this package. What it raised is not chained to
            it: the texts of libraries may hold passwords, and whoever shows an error shows what
            caused it too.
        """
        try:
            return function()
        except StoreError as error:
            problem = str(error)
        except MLTestScoreError:
            raise
        except Exception as error:  # noqa: BLE001 - libraries and what they use raise anything
            problem = f"cannot be {doing}: {self.reason(error)}; {self._mend}"
        raise StoreError(f"{self.place}: {problem}")

    def reason(self, error: Exception) -> str:
        """Return what an exception says, on one line and without secrets."""
        said = getattr(error, "strerror", None) or _ASIDE.sub("", str(error))
        # Masked before it is shortened: half a secret is not recognised.
        text = clean_line(self._discretion(str(said)), limit=400).rstrip(".")
        return text or type(error).__name__
