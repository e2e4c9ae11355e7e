"""data-4: models and their code use only features that the written policy allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._conclude import Expect, conclude
from .._tables import read_struct
from ._code_search import mentions, python_files
from ._feature_manifest import Manifest
from ._model_features import features_of

ITEM = "feature-policy"


def feature_policy(
    features: Any,
    manifest: Any,
    *,
    sources: Sequence[str | PathLike[str]] = (),
    use: str | None = None,
    today: dt.date | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check the features that a model uses, and its code, against a written policy.

    Parameters
    ----------
    features
        A fitted model that knows its columns: of scikit-learn (a pipeline with a
        `ColumnTransformer` uses what that does not drop), XGBoost, LightGBM, CatBoost, an MLflow
        model with a signature, or an ONNX session. Or a list of names.
    manifest
        TOML or JSON file, or mapping, with a table for each feature in `features` (`owner`,
        `source`, `status`, `expires`, `allowed_uses`, `note`) and the lists `banned` and
        `banned_sources` (names, or patterns with `*` and `?`) and `allowed_statuses`. The status
        is `active`, `experimental`, `deprecated` or `retired`; only `active` is allowed by
        default.
    sources
        Python files, or folders of them, in which no name may occur that is banned, expired or of
        a status that is not allowed.
    use
        What the model is for, such as `"ranking"`: features with `allowed_uses` must name it.
    today
        The day of judgement; by default the current one (UTC). `expires` is the last good day.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a broken rule: feature, problem, and where (`model`, or file and line).

    Raises
    ------
    InputError
        For a manifest with mistakes (all are named), a model that does not know its features, an
        empty list, or code that cannot be parsed.

    Notes
    -----
    Exact on names: a feature breaks the policy if it is unlisted, banned, expired, of a status or
    source that is not allowed, not for this use, or has no owner or source in the manifest. Cannot
    see what a column holds (a banned one under another name), nor a column name that code puts
    together from pieces. In code, strings, attributes, keyword arguments and words of SQL are
    looked at; one that only has the name of a banned column is found too.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> manifest = {
    ...     "banned": ["*_ssn"],
    ...     "features": {"distance": {"owner": "flights team", "source": "legs"}},
    ... }
    >>> checks.data.feature_policy(["distance", "pilot_ssn"], manifest)
    feature_policy: DOES NOT HOLD - 1 of 2 features breaks the policy: pilot_ssn banned by '*_ssn'
      rules broken = 1  (limit 0)
      features used = 2
      feature    problem            where
      pilot_ssn  banned by '*_ssn'  model
    """
    policy = read_struct(Manifest, manifest, "manifest")
    if not policy.features:
        raise InputError("manifest", "lists no features; give a table for each")
    used = features_of(features)
    day = today or dt.datetime.now(dt.UTC).date()
    rows = [
        {"feature": clean_line(name, limit=80), "problem": problem, "where": "model"}
        for name in used
        for problem in policy.problems(name, use, day)
    ]
    files = python_files(sources, "sources") if sources else []
    if files:
        rows += _in_code(files, policy, use, day)
    return conclude(
        "feature_policy",
        item=ITEM,
        holds=not rows,
        summary=_summary(rows, len(used), len(files)),
        expect=expect,
        measurements=[
            measurement("rules broken", len(rows), limit="0"),
            measurement("features used", len(used)),
            *([measurement("files searched", len(files))] if files else []),
        ],
        table=rows,
    )


def _in_code(
    files: Sequence[Any], policy: Manifest, use: str | None, day: dt.date
) -> Iterator[dict[str, str]]:
    for found in mentions(files, policy.may_not_be_named(day), "sources"):
        listed = found.name if found.name in policy.features else found.pattern
        problem = next(policy.problems(listed, use, day), f"banned by {found.pattern!r}")
        name = clean_line(found.name, limit=80)
        yield {"feature": name, "problem": problem, "where": f"{found.path.name}:{found.line}"}


def _summary(rows: Sequence[Mapping[str, str]], used: int, files: int) -> str:
    searched = f" and {files} files" if files else ""
    if not rows:
        return f"{used} features{searched} keep the policy"
    in_model = len({row["feature"] for row in rows if row["where"] == "model"})
    in_code = sum(row["where"] != "model" for row in rows)
    breaks = "breaks" if in_model == 1 else "break"
    found = f"{in_model} of {used} features {breaks} the policy"
    if in_code:
        found += f", and {in_code} places in code"
    shown = "; ".join(_words(row) for row in rows[:3])
    return f"{found}: {shown}{f' and {len(rows) - 3} more' if len(rows) > 3 else ''}"


def _words(row: Mapping[str, str]) -> str:
    where = "" if row["where"] == "model" else f" ({row['where']})"
    return f"{row['feature']} {row['problem']}{where}"
