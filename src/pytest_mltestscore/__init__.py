"""The ML Test Score of Breck et al. (2017), computed from tests that really ran.

Scores are made by `pytest --mlscore`. What is here works on the records that such runs leave,
without pytest:

>>> from pytest_mltestscore import load_rubric
>>> load_rubric().find("canary").id
'infra-6'

`parse_records` reads records, `merge` folds shards, `changes` and `baseline_items` compare,
`find_reporter` renders; `push_check` and `measurement` are for checks of your own. Pytest imports
this package in every run on a machine that has it, so every name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .catalog import load as load_rubric
    from .domain.checkresult import CheckResult
    from .domain.errors import InputError, MLTestScoreError
    from .domain.reading import parse as parse_records
    from .domain.record import Record
    from .domain.rubric import Rubric
    from .domain.sink import measurement, push_check
    from .reporters import Reporter
    from .reporters import find as find_reporter
    from .scoring.diff import baseline_items, changes
    from .scoring.merge import merge

__all__ = [
    "CheckResult",
    "InputError",
    "MLTestScoreError",
    "Record",
    "Reporter",
    "Rubric",
    "baseline_items",
    "changes",
    "find_reporter",
    "load_rubric",
    "measurement",
    "merge",
    "parse_records",
    "push_check",
]

_PLACES = {
    "CheckResult": (".domain.checkresult", "CheckResult"),
    "InputError": (".domain.errors", "InputError"),
    "MLTestScoreError": (".domain.errors", "MLTestScoreError"),
    "Record": (".domain.record", "Record"),
    "Reporter": (".reporters", "Reporter"),
    "Rubric": (".domain.rubric", "Rubric"),
    "baseline_items": (".scoring.diff", "baseline_items"),
    "changes": (".scoring.diff", "changes"),
    "find_reporter": (".reporters", "find"),
    "load_rubric": (".catalog", "load"),
    "measurement": (".domain.sink", "measurement"),
    "merge": (".scoring.merge", "merge"),
    "parse_records": (".domain.reading", "parse"),
    "push_check": (".domain.sink", "push_check"),
}


def __getattr__(name: str) -> object:
    try:
        module, attribute = _PLACES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module, __name__), attribute)


def __dir__() -> list[str]:
    return __all__
