"""What the checks of skore say of a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from .._arguments import listed
from .._conclude import Expect
from ._outcomes import Outcome, Status, conclude_outcomes

ITEM = "simpler-baseline"

CODES = {
    "simpler-baseline": ("SKD002", "SKD009", "SKD010"),
    "tuned-hyperparameters": ("SKD014", "SKD015", "SKD016"),
    "feature-benefit": ("SKD008", "SKD012"),
}
"""The checks of skore 0.28 that say something about an item."""

_STATUSES: dict[str, Status] = {"issue": "failed", "tip": "warned", "passed": "passed"}
_GOOD_TIP = "Your model is on par with or better than"


def skore_checks(
    summary: Any,
    *,
    item: str = ITEM,
    codes: Collection[str] | None = None,
    allow_tips: bool = False,
    expect: Expect = "holds",
) -> CheckResult:
    """Turn a summary of skore's checks into a check result.

    Parameters
    ----------
    summary
        What `report.checks.summarize()` returned, or the report itself, whose checks are then run.
    item
        Name of the item that it is evidence for.
    codes
        Codes of the checks that count, as `SKD014`; by default those that say something about the
        item: SKD002, SKD009 and SKD010 for `simpler-baseline`; SKD014, SKD015 and SKD016 for
        `tuned-hyperparameters`; SKD008 and SKD012 for `feature-benefit`. For another item they
        must be given.
    allow_tips
        Let checks report what skore calls a tip, such as an estimator that was not tuned; it is
        noted.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a check that counts, issues first. Holds if none of them found anything.

    Raises
    ------
    InputError
        If it is no such summary, does not have one of the codes, or none of the checks was run.

    Notes
    -----
    Checks that were not applicable, skipped in fast mode or ignored are `not run`; only if all of
    them are is that an error. SKD009 reports a tip also where all is well, and then counts as
    passed; this is told by its wording.

    Cannot see more than skore does, by thresholds that are its own: see the page of each code.

    Examples
    --------
    >>> import skore
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.dummy import DummyClassifier
    >>> from pytest_mltestscore import checks
    >>> X, y = make_classification(random_state=42)
    >>> report = skore.evaluate(DummyClassifier(), X, y, splitter=0.2)
    >>> summary = report.checks.summarize(fast_mode=True)
    >>> result = checks.adapters.skore_checks(summary)
    >>> print(result.summary[:60])
    1 of 1 check not passed: SKD002 Potential underfitting: Trai
    """
    given = CODES.get(item, ()) if codes is None else listed(codes, "codes", of="codes")
    wanted = [code.strip().upper() for code in given]
    if not wanted:
        problem = f"are missing, and no check of skore is known for {item!r}"
        raise InputError("codes", f"{problem}; give codes such as SKD001")
    found = dict(_entries(summary))
    missing = [code for code in wanted if code not in found]
    if missing:
        problem = f"{missing[0]} is not in the summary, which has {', '.join(found) or 'none'}"
        raise InputError("codes", f"{problem}; give codes that it has")
    return conclude_outcomes(
        "skore_checks",
        [_outcome(code, found[code]) for code in wanted],
        noun="check",
        item=item,
        expect=expect,
        argument="summary",
        allow_warnings=allow_tips,
    )


def _entries(summary: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    given = summary.checks.summarize() if hasattr(summary, "checks") else summary
    try:
        rows = given.frame().to_dict("records")
        yield from ((str(row["code"]), row) for row in rows if row["section"])
    except (AttributeError, KeyError, TypeError) as error:
        problem = f"is of type {type(summary).__name__}"
        raise InputError("summary", f"{problem}; give report.checks.summarize()") from error


def _outcome(code: str, row: Mapping[str, Any]) -> Outcome:
    explanation = _explained(row["explanation"])
    status = _STATUSES.get(row["section"], "not run")
    if status == "warned" and code == "SKD009" and explanation.startswith(_GOOD_TIP):
        status = "passed"
    words = explanation if status != "not run" else explanation or str(row["section"])
    return Outcome(f"{code} {row['title']}", status, words)


def _explained(explanation: Any) -> str:
    """Return an explanation; of a comparison, those of all its reports."""
    if isinstance(explanation, Mapping):
        return "; ".join(f"{source}: {text}" for source, text in explanation.items())
    return explanation if isinstance(explanation, str) else ""
