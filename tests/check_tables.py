"""Check results with tables as the checks write them, one of each kind that the page draws."""

from __future__ import annotations

from msgspec.structs import replace

import sample_records
from pytest_mltestscore.domain.evidence import CheckEvidence, Measurement, Scalar, TestEvidence
from pytest_mltestscore.domain.record import Record

Rows = tuple[dict[str, Scalar], ...]


def _rows(names: str, *rows: tuple[Scalar, ...]) -> Rows:
    return tuple(dict(zip(names.split(","), row, strict=True)) for row in rows)


SLICES = CheckEvidence(
    name="slice_quality",
    holds=False,
    summary="1 of 3 slices below auc 0.7: region=north 0.61 (98 rows)",
    item="slice-quality",
    measurements=(
        Measurement(name="lowest auc", value=0.61004, limit=">= 0.7"),
        Measurement(name="slices judged", value=3),
    ),
    table=(
        *_rows(
            "slice,rows,score,low,high,verdict",
            ("region=north", 98, 0.61, 0.5293, 0.6483, "weak"),
            ("region=south", 1556, 0.7646, 0.7361, 0.7931, "ok"),
            ("age < 28", 1315, 0.7689, 0.7358, 0.802, "ok"),
        ),
        {"slice": "region=west", "rows": 12, "verdict": "thin"},
    ),
    rows_seen=2969,
    rows_total=6000,
    notes=("a random sample of 2,969 of 6,000 rows",),
)

DECAY = CheckEvidence(
    name="staleness_impact",
    holds=True,
    summary="0.25 is lost at an age of 24.9 days [24.4, 25.5]",
    item="staleness-impact",
    measurements=(Measurement(name="age limit", value=24.917, unit="days"),),
    table=_rows(
        "age days,blocks,loss,low,high,verdict",
        (10, 7, 0.1007, 0.0971, 0.1044, "fine"),
        (20, 6, 0.201, 0.1962, 0.2058, "fine"),
        (30, 5, 0.3007, 0.2944, 0.307, "too old"),
        (40, 4, 0.3995, 0.397, 0.4019, "too old"),
    ),
)

CALIBRATION = CheckEvidence(
    name="prediction_quality",
    holds=True,
    summary="none of 2 numbers over 2,000 labelled rows is beyond its limit",
    item="prediction-quality",
    measurements=(
        Measurement(name="roc_auc", value=0.7726, limit=">= 0.74"),
        Measurement(name="prediction bias", value=-0.0051, limit="within 0.05"),
    ),
    table=_rows(
        "number,of,rows,value,low,high,limit,verdict",
        ("roc_auc", "all", 2000, 0.7726, 0.7578, 0.7873, ">= 0.74", "ok"),
        ("prediction bias", "all", 2000, -0.0051, -0.0229, 0.0127, "within 0.05", "ok"),
        ("share positive", "0.000 to 0.094", 200, 0.055, 0.031, 0.0958, "0.0459", ""),
        ("share positive", "0.394 to 0.497", 200, 0.47, 0.402, 0.5391, "0.4457", ""),
        ("share positive", "0.900 to 1.000", 200, 0.97, 0.9361, 0.9862, "0.9503", ""),
    ),
)

SHIFTED = CheckEvidence(
    name="data_invariants",
    holds=True,
    summary="1,000 rows meet what was asked of them",
    item="data-invariants",
    measurements=(Measurement(name="largest PSI", value=0.00495, limit="<= 0.1"),),
    table=_rows(
        "invariant,subject,found,limit,verdict",
        ("volume", "rows", "1000", "900 to 1,200", "ok"),
        ("drift", "km", "PSI 0.00495, [-0.056, 0.222): 10.0% -> 12.3%", "<= 0.1", "ok"),
        ("drift", "zone", "PSI 0, a: 49.9% -> 50.2%", "<= 0.1", "ok"),
    ),
)

LATENCY = CheckEvidence(
    name="computing_performance",
    holds=False,
    summary="1 of 2 beyond their limits: latency 0.0605 s against budget (limit 0.05)",
    item="computing-performance",
    table=_rows(
        "metric,against,value,low,limit,unit,verdict",
        ("latency", "budget", 0.0605, 0.0591, 0.05, "s", "broken"),
        ("batch", "budget", 1.817e-05, 1.474e-05, 5e-05, "s a row", "ok"),
    ),
    volatile=True,
)

SKEW = CheckEvidence(
    name="training_serving_skew",
    holds=False,
    expect="fails",
    summary="1 of 3 features differ: zone in 10 of 50 rows",
    item="training-serving-skew",
    measurements=(Measurement(name="largest share that differs", value=0.2, limit="<= 0.01"),),
    table=_rows(
        "feature,rows,differ,share,largest_difference,verdict",
        ("zone", 50, 10, 0.2, "", "skewed"),
        ("km", 50, 0, 0.0, "nan", "ok"),
    ),
)

PLAIN = CheckEvidence(
    name="spec_unit_tests",
    holds=True,
    summary="all 2 tests passed",
    item="spec-unit-tests",
    table=_rows(
        "test,found,verdict",
        ("shape of predict", "(500,), (1,) for one row", "ok"),
        ("finite answers", "0 of 1000 not finite", "ok"),
    ),
)

CHECKS = (SLICES, DECAY, CALIBRATION, SHIFTED, LATENCY, SKEW, PLAIN)


def charted() -> Record:
    """Return `mixed` with the checks above in tests of the items that they are for."""
    record = sample_records.mixed()
    by_item = {check.item: check for check in CHECKS}
    return replace(
        record,
        items=tuple(
            replace(item, tests=(*item.tests, _test(item.section, by_item[item.name])))
            if item.name in by_item
            else item
            for item in record.items
        ),
        untagged=(*record.untagged, "tests/test_cli.py::test_the_feature_schema"),
    )


def hostile_charted() -> Record:
    """Return the same with a hostile text in every place of a text, names of columns included."""
    return sample_records.with_text(charted(), lambda text: text + sample_records.HOSTILE_TEXT)


def _test(section: str, check: CheckEvidence) -> TestEvidence:
    return TestEvidence(
        nodeid=f"tests/{section}/test_checks.py::test_{check.name}",
        outcome="passed",
        checks=(check,),
    )
