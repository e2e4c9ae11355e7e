"""Run records built by hand, for everything that reads records.

Nothing here calls the scoring code, so that a reporter is not tested against our own arithmetic.
`tests/unit/reporters/test_sample_records.py` adds up every sample and checks that it is right.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from pytest_mltestscore.domain.evidence import (
    AcceptedFault,
    Attestation,
    CheckEvidence,
    Measurement,
    Outcome,
    Seen,
    Subtests,
    TestEvidence,
    Waiver,
)
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import (
    CI,
    AcceptedFaultStatus,
    AttestationStatus,
    Baseline,
    BaselineItem,
    Change,
    Gate,
    GateCheck,
    Generator,
    ItemProof,
    ItemScore,
    ItemTexts,
    Loosened,
    NextStep,
    Policy,
    Pool,
    ProofChange,
    Reason,
    Record,
    RubricFacts,
    Run,
    Score,
    SectionScore,
    Setting,
    Shard,
    Source,
    State,
    TrendPoint,
    WaiverStatus,
)
from pytest_mltestscore.domain.rubric import Band, Credit, Effort

TODAY = dt.date(2026, 3, 2)

BANDS = (
    Band(key="research", up_to=0.0, text="closer to a research project than to production"),
    Band(key="holes", up_to=1.0, text="some testing, but serious holes are possible"),
    Band(key="first-pass", up_to=2.0, text="a first pass at production; more is likely needed"),
    Band(key="reasonable", up_to=3.0, text="reasonably tested; more could be automated"),
    Band(key="strong", up_to=5.0, text="strong automated testing and monitoring"),
    Band(key="exceptional", up_to=7.0, text="exceptional automation and monitoring"),
)

SAMPLES = [
    "mixed",
    "perfect",
    "pooled",
    "empty",
    "in_progress",
    "partial",
    "cut_short",
    "edition_2016",
]
"""Names of the functions below that make records, but for the hostile one."""

CREDIT_2017 = Credit(manual=0.5, automated=1.0)
NO_POLICY = Policy()

SECTIONS = {
    "data": ("Data", "Tests for features and data"),
    "model": ("Model", "Tests for model development"),
    "infra": ("Infrastructure", "Tests for the ML infrastructure"),
    "monitor": ("Monitoring", "Monitoring tests for ML"),
}


class _Fact(NamedTuple):
    id: str
    name: str
    title: str
    effort: Effort = "medium"
    builds_on: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        return self.id.rpartition("-")[0]


FACTS = (
    _Fact("data-1", "feature-schema", "Feature expectations are captured in a schema", "low"),
    _Fact("data-2", "feature-benefit", "All features are beneficial"),
    _Fact("data-3", "feature-cost", "No feature's cost is too much", "medium", ("data-2",)),
    _Fact("data-4", "feature-policy", "Features adhere to meta-level requirements"),
    _Fact("data-5", "privacy-controls", "The data pipeline has privacy controls", "high"),
    _Fact("data-6", "feature-velocity", "New features can be added quickly"),
    _Fact("data-7", "feature-code-tests", "All input feature code is tested", "low"),
    _Fact("model-1", "spec-review", "Model specs are reviewed and submitted", "low"),
    _Fact("model-2", "metric-correlation", "Offline and online metrics correlate", "high"),
    _Fact("model-3", "tuned-hyperparameters", "All hyperparameters have been tuned"),
    _Fact("model-4", "staleness-impact", "The impact of model staleness is known"),
    _Fact("model-5", "simpler-baseline", "A simpler model is not better", "low"),
    _Fact("model-6", "slice-quality", "Model quality is sufficient on important data slices"),
    _Fact("model-7", "inclusion", "The model is tested for considerations of inclusion", "high"),
    _Fact("infra-1", "reproducible-training", "Training is reproducible"),
    _Fact("infra-2", "spec-unit-tests", "Model specs are unit tested", "low"),
    _Fact("infra-3", "pipeline-integration", "The ML pipeline is integration tested"),
    _Fact("infra-4", "quality-gate", "Model quality is validated before serving"),
    _Fact("infra-5", "debuggability", "The model is debuggable"),
    _Fact("infra-6", "canary", "Models are canaried before serving", "high"),
    _Fact("infra-7", "rollback", "Serving models can be rolled back", "high"),
    _Fact("monitor-1", "dependency-changes", "Dependency changes result in notification"),
    _Fact("monitor-2", "data-invariants", "Data invariants hold for inputs", "low", ("data-1",)),
    _Fact("monitor-3", "training-serving-skew", "Training and serving are not skewed", "high"),
    _Fact("monitor-4", "model-staleness", "Models are not too stale", "low", ("model-4",)),
    _Fact("monitor-5", "numerical-stability", "Models are numerically stable", "low"),
    _Fact("monitor-6", "computing-performance", "Computing performance has not regressed"),
    _Fact("monitor-7", "prediction-quality", "Prediction quality has not regressed", "high"),
)

_Items = Mapping[str, Mapping[str, Any]]


def passed(nodeid: str, **facts: Any) -> TestEvidence:
    """Build the evidence of a test that passed."""
    return TestEvidence(nodeid=nodeid, outcome="passed", **{"duration_s": 0.25, **facts})


def mixed() -> Record:
    """All eight states, and everything else that a record can hold; the gate failed."""
    return _record(
        _MIXED_ITEMS,
        implemented={"data": 4.5, "model": 4.5, "infra": 4.0, "monitor": 3.5},
        policy=Policy(max_waivers=2),
        accepted_faults=_MIXED_ACCEPTED,
        config={
            "fail_under": Setting(value=3.0, origin="command line"),
            "fail_on_regression": Setting(value=True, origin="pyproject.toml"),
            "fail_under_section": Setting(value={"data": 4.0}, origin="pyproject.toml"),
            "require": Setting(value=["model-6:automated"], origin="pyproject.toml"),
        },
        gate=Gate(
            status="failed",
            verdict="gate failed: " + "; ".join(c.message for c in _MIXED_CHECKS if not c.ok),
            checks=_MIXED_CHECKS,
        ),
        next_steps=_MIXED_STEPS,
        untagged=("tests/test_cli.py::test_help", "tests/test_cli.py::test_version"),
        baseline=_mixed_baseline(),
        trend=_MIXED_TREND,
        notes=(
            "pytest-randomly shuffles the tests; seed 1234",
            "attestation of data-6 expired on 2026-02-01",
        ),
    )


def perfect() -> Record:
    """Every item is automated; no gate was asked for."""
    items = {f.id: {"tests": (passed(_nodeid(f, "holds")),)} for f in FACTS}
    return _record(items)


def pooled() -> Record:
    """As `perfect`, half of it by what other runs saw."""
    items = {f.id: {"tests": (passed(_nodeid(f, "holds"), seen=_SEEN[f.section]),)} for f in FACTS}
    return msgspec.structs.replace(_record(items), pool=_POOL)


def empty() -> Record:
    """A complete run without any evidence."""
    steps = [
        NextStep(
            item=f"{section}-1",
            action=f"do {_fact(f'{section}-1').name} by hand and attest it",
            gain=0.5,
            effort="low",
            score_after=0.5 if section == "monitor" else 0.0,
        )
        for section in SECTIONS
    ]
    untagged = ("tests/test_cli.py::test_help",)
    return _record({}, next_steps=tuple(steps), untagged=untagged)


def in_progress() -> Record:
    """The stub that is written when a run starts."""
    return _record(
        {},
        unlisted=True,
        gate=_undecided("the run has not come to its end"),
        reasons=(Reason(kind="in-progress", detail="the run has not come to its end"),),
    )


def partial() -> Record:
    """A run that `-k` cut down by choice: its gate is not evaluated."""
    items = {
        "data-1": {"tests": (passed("tests/test_schema.py::test_columns"),)},
        "data-2": {"tests": _not_run("tests/test_features.py::test_benefit")},
        "model-6": {"tests": _not_run("tests/test_slices.py::test_recall[north]")},
        "monitor-2": {"attestation": attested("monitor-2")},
    }
    detail = "2 tagged tests deselected by -k"
    check = GateCheck(
        rule="fail_under", expected=">= 3", actual="0", ok=None, message="score 0, required 3"
    )
    return _record(
        items,
        gate=Gate(status="not-evaluated", verdict=f"gate not evaluated: {detail}", checks=(check,)),
        reasons=(Reason(kind="deselected", detail=detail),),
    )


def cut_short() -> Record:
    """A run that `-x` stopped: a gate was asked for and cannot be decided."""
    failed = TestEvidence(
        nodeid="tests/test_schema.py::test_columns",
        outcome="failed",
        phase="call",
        duration_s=0.5,
        message="AssertionError: column 'age' is missing",
    )
    items = {
        "data-1": {"tests": (failed,)},
        "data-2": {"tests": _not_run("tests/test_features.py::test_benefit")},
        "infra-1": {"tests": (passed("tests/test_training.py::test_twice"),)},
    }
    return _record(
        items,
        unlisted=True,
        implemented={"data": 1.0, "model": 0.0, "infra": 1.0, "monitor": 0.0},
        gate=_undecided("stopping after 1 failure; 1 selected test has no final report"),
        reasons=(
            Reason(kind="stopped", detail="stopping after 1 failure"),
            Reason(kind="unfinished", detail="1 selected test has no final report"),
        ),
    )


def edition_2016() -> Record:
    """The same items under the 2016 edition: 1 point by hand, 2 automated, 14 at most; passed."""
    record = _record(
        {
            "data-1": {"tests": (passed("tests/test_data.py::test_distribution"),)},
            "model-1": {"attestation": attested("model-1")},
            "infra-1": {"tests": (passed("tests/test_training.py::test_twice"),)},
            "monitor-4": {"tests": (passed("tests/test_monitor.py::test_age"),)},
        },
        credit=Credit(manual=1.0, automated=2.0),
        config={"fail_under": Setting(value=0.5, origin="pyproject.toml")},
        gate=Gate(
            status="passed",
            verdict="gate passed: score 1, required 0.5",
            checks=(
                GateCheck(
                    rule="fail_under",
                    expected=">= 0.5",
                    actual="1",
                    ok=True,
                    message="score 1, required 0.5",
                ),
            ),
            nudges=("fail_under could be 1",),
        ),
    )
    title = "What's your ML Test Score? (2016)"
    rubric = msgspec.structs.replace(record.rubric, id="ml-test-score-2016", title=title)
    return msgspec.structs.replace(record, rubric=rubric)


HOSTILE_TEXT = (
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)> "
    "| a | b |\n\n# heading\n- list @someone #123 GH-7 ![i](http://x.example/i.png) "
    "[l](javascript:alert(1)) <https://x.example> `code` ``` ``fence`` ~~~ <!-- c --> ]]> &amp; "
    "\r\n::error file=a,line=1::owned\n::set-output name=a::b\n%0A%25 "
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x00\x08\x7f\x9b "
    "\ud800\udfff \u202egnp.exe\u2066x\u2069 \u200b\ufeff\u2028\u2029 \ufffe "
    "é ß 漢字 🙂 {{ 7*7 }} {% raw %} ${x} $(id) \\ \t_em_ *strong* **b** http://y.example/z"
)
"""Markup, references, workflow commands, control characters and lone surrogates in one text."""


def hostile() -> Record:
    """`mixed` with every free text replaced by `HOSTILE_TEXT`; ids, states and numbers stay."""
    record = with_text(mixed(), lambda text: f"{HOSTILE_TEXT} {text}")
    return msgspec.structs.replace(record, extra={HOSTILE_TEXT: [HOSTILE_TEXT]})


_RUN_ID = "0195576b-7a10-7c3e-9f00-0123456789ab"
_NIGHTLY, _HOURLY = "a1" * 16, "b2" * 16
_SEEN = {
    "data": Seen(run=_NIGHTLY, age_s=7 * 3600, runs=12, ci=True),
    "model": Seen(run=_RUN_ID, age_s=0, runs=3, ci=True),
    "infra": Seen(run=_RUN_ID, age_s=0, runs=3, ci=True, proved_in=_NIGHTLY),
    "monitor": Seen(run=_HOURLY, age_s=2520, runs=90, ci=True),
}
_POOL = Pool(
    store="s3://scores/team",
    sources=(
        Source(
            run=_NIGHTLY,
            started_at="2026-03-02T03:17:00+00:00",
            commit="9f8e7d6" + "0" * 33,
            branch="main",
            ci=CI(provider="github-actions", url="https://ci.example/job/7"),
            tests=14,
        ),
        Source(
            run=_HOURLY,
            started_at="2026-03-02T09:35:00+00:00",
            commit="1a2b3c4" + "0" * 33,
            branch=None,
            ci=CI(provider="generic"),
            tests=7,
            shard=Shard(2, 3),
        ),
    ),
    left_out={
        "of commits that are not in the history of this one": 3,
        "on uncommitted changes": 1,
    },
    own_reasons=(Reason(kind="deselected", detail="14 tagged tests left out by -m"),),
)


def large(tests: int) -> Record:
    """`tests` parametrised variants over the 28 items; every thousandth one fails."""
    rows: dict[str, list[TestEvidence]] = {f.id: [] for f in FACTS}
    for number in range(tests):
        fact = FACTS[number % len(FACTS)]
        nodeid = f"tests/test_{fact.section}.py::test_variant[{number}]"
        if number % 1000 == 999:
            row = TestEvidence(
                nodeid=nodeid,
                outcome="failed",
                phase="call",
                duration_s=0.001,
                message="AssertionError: assert 0.68 >= 0.7",
            )
        else:
            row = passed(nodeid, duration_s=0.001)
        rows[fact.id].append(row)
    items = {item: {"tests": tuple(found)} for item, found in rows.items() if found}
    present = Counter(_fact(item).section for item in items)
    return _record(items, implemented={s: float(present[s]) for s in SECTIONS})


def attested(
    item: str, *, days_left: int = 60, expires: dt.date | None = None
) -> AttestationStatus:
    """Build an attestation that ends so many days after `TODAY`."""
    last = expires or TODAY + dt.timedelta(days=days_left)
    days_left = (last - TODAY).days
    statement = Attestation(
        item=item,
        owner="ana@example.org",
        date=last - dt.timedelta(days=90),
        expires=last,
        summary="Reviewed by hand with the on-call team.",
        distributed_to="ml-team@example.org",
        link="https://wiki.example.org/ml/reviews/12",
    )
    freshness = "expired" if days_left < 0 else "expiring" if days_left <= 14 else "fresh"
    return AttestationStatus(statement=statement, freshness=freshness, days_left=days_left)


_CAUGHT = Trial(
    fault="null_burst",
    site="rows",
    verdict="caught",
    severity="blanks 30 % of each column",
    seed=1234,
    error_type="AssertionError",
    origin="test_schema.py:31",
)
_DROPPED = Trial(
    fault="drop_column",
    site="rows",
    verdict="no-verdict",
    severity="drops one column",
    seed=99,
    error_type="KeyError",
    origin="test_schema.py:12",
    why="KeyError may come of the damage itself; let the test say what it expects",
)
_CONSTANT = Trial(
    fault="constant_predictions",
    site="model",
    verdict="missed",
    severity="answers every row as the first one",
    seed=7,
)
_WHY_ACCEPTED = "Noise is compared with noise there; what the model answers is no matter."

_MIXED_ITEMS: _Items = {
    "data-1": {
        "tests": (
            *(
                passed(f"tests/data/test_schema.py::test_column[{column}]", duration_s=0.01)
                for column in ("age", "income", "region")
            ),
            passed(
                "tests/data/test_schema.py::test_rows",
                duration_s=0.12,
                proof=Proof(trials=(_CAUGHT, _DROPPED), left_out=2),
                measurements=(
                    Measurement(name="rows", value=336776, limit=">= 10000"),
                    Measurement(name="null share", value=0.0025, limit="<= 0.01"),
                    Measurement(name="read time", value=0.11, unit="s", volatile=True),
                    Measurement(name="skew of an empty column", value=None, nonfinite="nan"),
                    Measurement(name="schema version", value="v7"),
                ),
            ),
        ),
        "faults": ("null_burst", "drop_column", "rescaled_column", "shuffled_column"),
        "proof": ItemProof(caught=1, missed=0, no_verdict=1),
    },
    "data-2": {
        "tests": (
            passed(
                "tests/data/test_features.py::TestBenefit::test_each_feature",
                duration_s=4.2,
                checks=(
                    CheckEvidence(
                        name="feature_benefit",
                        holds=True,
                        summary="all 12 features beat random noise",
                        measurements=(Measurement(name="least gain", value=0.002, limit="> 0"),),
                    ),
                    CheckEvidence(
                        name="feature_benefit",
                        holds=False,
                        expect="fails",
                        summary="a column of noise does not beat random noise",
                    ),
                ),
                proof=Proof(
                    trials=(
                        msgspec.structs.replace(_CONSTANT, verdict="accepted", why=_WHY_ACCEPTED),
                    )
                ),
            ),
        ),
        "faults": ("constant_predictions", "leaked_label"),
        "proof": ItemProof(caught=0, missed=0, no_verdict=0, accepted=1),
    },
    "data-3": {"attestation": attested("data-3")},
    "data-4": {
        "tests": (
            passed(
                "tests/data/test_policy.py::test_manifest",
                flaky=True,
                reruns=1,
                note="failed once, then passed",
                proof=Proof(why="without any fault, a second run failed (AssertionError)"),
            ),
        ),
        "faults": ("unlisted_name", "lost_entry"),
        "proof": ItemProof(caught=0, missed=0, no_verdict=0),
    },
    "data-5": {
        "waiver": WaiverStatus(
            decision=Waiver(
                item="data-5",
                reason="No personal data is read; legal confirmed it.",
                owner="bo@example.org",
                expires=dt.date(2026, 6, 30),
            ),
            freshness="fresh",
            days_left=120,
        )
    },
    "data-6": {"attestation": attested("data-6", expires=dt.date(2026, 2, 1))},
    "data-7": {"tests": (passed("tests/data/test_code.py::test_clip", note="skip in teardown"),)},
    "model-1": {"attestation": attested("model-1", days_left=9)},
    "model-3": {
        "tests": (
            passed(
                "tests/model/test_tuning.py::test_not_at_an_edge[C, and gamma]",
                proof=Proof(
                    trials=(
                        _CONSTANT,
                        msgspec.structs.replace(
                            _CAUGHT, fault="flip_labels", verdict="missed", error_type="", origin=""
                        ),
                    )
                ),
            ),
        ),
        "faults": ("constant_predictions", "flip_labels"),
        "proof": ItemProof(caught=0, missed=2, no_verdict=0),
    },
    "model-4": {
        "tests": (
            TestEvidence(
                nodeid="tests/model/test_decay.py::test_by_age",
                outcome="skipped",
                phase="setup",
                message="Skipped: needs models of three months",
            ),
            TestEvidence(
                nodeid="tests/model/test_decay.py::test_curve",
                outcome="xfailed",
                phase="call",
                duration_s=0.5,
                note="the interval is too wide",
            ),
            TestEvidence(
                nodeid="tests/model/test_decay.py::test_limit",
                outcome="xpassed",
                duration_s=0.5,
                note="drop the xfail",
            ),
        )
    },
    "model-5": {
        "tests": (
            passed(
                "tests/model/test_baseline.py::test_linear", subtests=Subtests(total=4, failed=0)
            ),
        )
    },
    "model-6": {
        "tests": (
            TestEvidence(
                nodeid="tests/model/test_slices.py::test_recall_by_region",
                outcome="failed",
                phase="call",
                duration_s=1.75,
                message="AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in north",
                subtests=Subtests(total=3, failed=1),
                checks=(
                    CheckEvidence(
                        name="slice_quality",
                        holds=False,
                        summary="recall 0.64 in region=north, at least 0.7 wanted",
                        measurements=(
                            Measurement(name="recall, north", value=0.64, limit=">= 0.7"),
                        ),
                    ),
                ),
            ),
            TestEvidence(
                nodeid="tests/model/test_slices.py::test_recall_by_age",
                outcome="error",
                phase="teardown",
                duration_s=0.75,
                message="RuntimeError: connection lost",
            ),
            passed("tests/model/test_slices.py::test_slices_are_declared"),
        )
    },
    "infra-1": {
        "tests": (
            passed(
                "tests/infra/test_training.py::test_twice",
                duration_s=8.5,
                proof=Proof(
                    trials=(
                        msgspec.structs.replace(_CAUGHT, fault="unseeded_training", site="train"),
                        msgspec.structs.replace(_CONSTANT, site="train"),
                    )
                ),
            ),
        ),
        "faults": ("unseeded_training", "constant_predictions"),
        "proof": ItemProof(caught=1, missed=1, no_verdict=0),
    },
    "infra-2": {"tests": (passed("tests/infra/test_spec.py::test_one_step"),)},
    "infra-3": {"tests": (passed("tests/infra/test_pipeline.py::test_small_sample"),)},
    "infra-4": {
        "tests": (passed("tests/infra/test_gate.py::test_bad_model_is_refused"),),
        "state": "withheld",
        "reason": "tests passed, but never in 3 runs as the policy asks",
    },
    "infra-6": {
        "tests": (
            TestEvidence(
                nodeid="tests/infra/test_canary.py::test_replay",
                outcome="not-run",
                note="deselected by addopts",
            ),
        )
    },
    "monitor-1": {"tests": (passed("tests/monitor/test_lock.py::test_environment_matches_lock"),)},
    "monitor-2": {"tests": (passed("tests/monitor/test_invariants.py::test_served_input"),)},
    "monitor-4": {
        "tests": (
            passed(
                "tests/monitor/test_age.py::test_model_age",
                measurements=(Measurement(name="age", value=12, unit="days", limit="<= 30"),),
            ),
        )
    },
    "monitor-6": {"attestation": attested("monitor-6", days_left=0)},
}

_MIXED_CHECKS = (
    GateCheck(
        rule="fail_under",
        expected=">= 3",
        actual="2.5",
        ok=False,
        message="score 2.5, required 3",
    ),
    GateCheck(
        rule="fail_under_section",
        expected=">= 4",
        actual="4.5",
        ok=True,
        message="section data 4.5, required 4",
    ),
    GateCheck(
        rule="require",
        expected="automated",
        actual="failing",
        ok=False,
        message="model-6 is failing, required automated",
    ),
    GateCheck(
        rule="fail_on_regression",
        expected="no item lower than in the baseline",
        actual="data-6 manual -> expired, model-6 automated -> failing",
        ok=False,
        message="regressed: data-6 manual -> expired, model-6 automated -> failing",
    ),
    GateCheck(
        rule="max_waivers",
        expected="<= 2",
        actual="1",
        ok=True,
        message="1 waived items, at most 2 allowed",
    ),
)

_MIXED_ACCEPTED = (
    AcceptedFaultStatus(
        statement=AcceptedFault(
            fault="constant_predictions",
            test="tests/data/test_features.py",
            reason=_WHY_ACCEPTED,
        ),
        tests=1,
    ),
    AcceptedFaultStatus(
        statement=AcceptedFault(
            fault="null_burst", item="data-1", reason="Nulls are dropped before."
        ),
        tests=0,
        stale="it is caught now",
    ),
)

_MIXED_STEPS = (
    NextStep(
        item="model-2",
        action="do metric-correlation by hand and attest it",
        gain=0.5,
        effort="low",
        score_after=3.0,
    ),
    NextStep(
        item="model-7",
        action="do inclusion by hand and attest it",
        gain=0.5,
        effort="low",
        score_after=3.0,
    ),
    NextStep(
        item="infra-6",
        action="run the tests of canary",
        gain=1.0,
        effort="low",
        score_after=3.5,
    ),
)

_MIXED_CHANGES = (
    ("data-6", "manual", "expired", 0.5, 0.0, "the attestation expired on 2026-02-01"),
    ("model-5", "missing", "automated", 0.0, 1.0, "1 test passed"),
    ("model-6", "automated", "failing", 1.0, 0.0, "test_recall_by_region failed"),
    ("monitor-1", "missing", "automated", 0.0, 1.0, "1 test passed"),
    ("monitor-6", "missing", "manual", 0.0, 0.5, "attested by ana@example.org"),
)
_MIXED_PROOFS: tuple[tuple[str, ProofChange, str], ...] = (
    ("model-3", "lost", "its tests pass with every fault that was tried"),
    ("infra-1", "won", "a test of it was seen to fail"),
)

_MIXED_LOOSENED = (
    Loosened(what="fail_under_section data", before="5", after="4", found="4.5"),
    Loosened(
        what="null share limit",
        before="<= 0.001",
        after="<= 0.01",
        found="0.0025",
        item="data-1",
        test="tests/data/test_schema.py::test_rows",
    ),
    Loosened(
        what="fault constant_predictions",
        before="missed",
        after="accepted",
        found="in 1 test",
        item="data-2",
        test="tests/data/test_features.py::TestBenefit::test_each_feature",
    ),
    Loosened(
        what="test_at_an_edge",
        before="failed",
        after="gone",
        found="automated",
        item="model-3",
        test="tests/model/test_tuning.py::test_at_an_edge",
    ),
)


_MIXED_TREND = tuple(
    TrendPoint(
        started_at=f"2026-{day}T06:30:00+00:00",
        final=min(scores),
        sections=dict(zip(SECTIONS, scores, strict=True)),
        commit=f"{number:x}" * 40,
    )
    for number, (day, *scores) in enumerate(
        (
            ("01-05", 2.0, 0.5, 1.0, 1.0),
            ("01-12", 3.0, 1.5, 1.0, 1.0),
            ("01-19", 3.0, 1.5, 2.0, 1.5),
            ("02-02", 4.0, 3.0, 2.0, 2.0),
            ("02-09", 4.0, 3.0, 3.0, 2.5),
            ("02-11", 5.0, 2.5, 3.0, 1.0),
            ("02-23", 5.0, 2.5, 3.0, 2.0),
        ),
        start=1,
    )
)


def _mixed_baseline() -> Baseline:
    states: dict[str, tuple[State, float]] = {}
    for fact in FACTS:
        item = _item(fact, _MIXED_ITEMS.get(fact.id, {}), CREDIT_2017, False)
        states[fact.id] = (item.state, item.points)
    changes = []
    for item_id, before, after, points_before, points_after, reason in _MIXED_CHANGES:
        states[item_id] = (before, points_before)
        changes.append(
            Change(
                item=item_id,
                before=before,
                after=after,
                points_before=points_before,
                points_after=points_after,
                reason=reason,
            )
        )
    changes += [
        Change(
            item=item_id,
            before="automated",
            after="automated",
            points_before=1.0,
            points_after=1.0,
            reason=reason,
            proof=proof,
        )
        for item_id, proof, reason in _MIXED_PROOFS
    ]
    proven = {item_id: proof == "lost" for item_id, proof, _ in _MIXED_PROOFS}
    return Baseline(
        source="main.json",
        status="compared",
        commit="9f8e7d6c5b4a39281706f5e4d3c2b1a098765432",
        final=2.0,
        sections={"data": 5.0, "infra": 3.0, "model": 2.5, "monitor": 2.0},
        items={
            i: BaselineItem(state=state, points=points, proven=proven.get(i))
            for i, (state, points) in states.items()
        },
        changes=tuple(changes),
        loosened=_MIXED_LOOSENED,
    )


def _undecided(reasons: str) -> Gate:
    check = GateCheck(
        rule="fail_under", expected=">= 3", actual="0", ok=None, message="score 0, required 3"
    )
    return Gate(status="undecided", verdict=f"gate undecided: {reasons}", checks=(check,))


def _not_run(*nodeids: str) -> tuple[TestEvidence, ...]:
    return tuple(TestEvidence(nodeid=n, outcome="not-run") for n in nodeids)


def _fact(item: str) -> _Fact:
    return next(f for f in FACTS if f.id == item)


def _nodeid(fact: _Fact, what: str) -> str:
    return f"tests/{fact.section}/test_{fact.name.replace('-', '_')}.py::test_{what}"


def _record(
    items: _Items,
    *,
    credit: Credit = CREDIT_2017,
    implemented: Mapping[str, float] | None = None,
    policy: Policy = NO_POLICY,
    accepted_faults: tuple[AcceptedFaultStatus, ...] = (),
    config: Mapping[str, Setting] | None = None,
    gate: Gate | None = None,
    next_steps: tuple[NextStep, ...] = (),
    untagged: tuple[str, ...] = (),
    baseline: Baseline | None = None,
    trend: tuple[TrendPoint, ...] = (),
    notes: tuple[str, ...] = (),
    reasons: tuple[Reason, ...] = (),
    unlisted: bool = False,
) -> Record:
    scored = tuple(_item(f, items.get(f.id, {}), credit, unlisted) for f in FACTS)
    sums = {s: sum((i.points for i in scored if i.section == s), 0.0) for s in SECTIONS}
    carried_out = implemented or sums
    largest = 7 * credit.automated
    final = min(sums.values())
    bands = tuple(msgspec.structs.replace(b, up_to=b.up_to * credit.automated) for b in BANDS)
    selected = sum(t.outcome != "not-run" for i in scored for t in i.tests) + len(untagged)
    return Record(
        generator=Generator(name="pytest-mltestscore", version="0.1.0"),
        rubric=RubricFacts(
            id="ml-test-score-2017",
            version="1",
            title="The ML Test Score (2017)",
            source="doi:10.1109/BigData.2017.8258038",
            aggregate="minimum",
            credit=credit,
            bands=bands,
        ),
        system="churn",
        date=TODAY,
        run=_run(selected, reasons),
        config=dict(config or {}),
        policy=policy,
        accepted_faults=accepted_faults,
        score=Score(
            final=final,
            implemented=min(carried_out.values()),
            max=largest,
            band=next(b for b in bands if final <= b.up_to),
            limiting_sections=tuple(s for s in SECTIONS if sums[s] == final),
        ),
        sections=tuple(
            SectionScore(
                id=s,
                title=title,
                long_title=long_title,
                score=sums[s],
                implemented=carried_out[s],
                max=largest,
            )
            for s, (title, long_title) in SECTIONS.items()
        ),
        items=scored,
        next_steps=next_steps,
        untagged=untagged,
        gate=gate or Gate(status="not-asked", verdict="no gate was asked for"),
        baseline=baseline,
        trend=trend,
        notes=notes,
    )


def _run(selected: int, reasons: tuple[Reason, ...]) -> Run:
    return Run(
        id=_RUN_ID,
        started_at="2026-03-02T08:15:30Z",
        duration_s=12.41,
        commit="1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        dirty=False,
        branch="feature/slices",
        ci=CI(provider="GitHub Actions", url="https://ci.example.org/runs/42"),
        selected=selected,
        complete=not reasons,
        incomplete_reasons=reasons,
        versions={"platform": "linux", "pytest": "9.2.0", "python": "3.12.1"},
    )


_BLOCKING: frozenset[Outcome] = frozenset({"crashed", "incomplete", "error", "failed"})


def _item(fact: _Fact, given: Mapping[str, Any], credit: Credit, unlisted: bool) -> ItemScore:
    tests: Sequence[TestEvidence] = given.get("tests", ())
    attestation: AttestationStatus | None = given.get("attestation")
    state, reason = _state(tests, attestation, unlisted)
    state = given.get("state", state)
    points = {"automated": credit.automated, "manual": credit.manual}.get(state, 0.0)
    raisable = points < credit.automated
    return ItemScore(
        id=fact.id,
        name=fact.name,
        section=fact.section,
        title=fact.title,
        state=state,
        points=points,
        reason=given.get("reason", reason),
        texts=_texts(fact, given.get("faults", ()), EXAMPLE if raisable else ""),
        tests=tuple(tests),
        attestation=attestation,
        waiver=given.get("waiver"),
        proof=given.get("proof"),
    )


def _state(
    tests: Sequence[TestEvidence], attestation: AttestationStatus | None, unlisted: bool
) -> tuple[State, str]:
    counts = Counter(t.outcome for t in tests)
    bad = [t for t in tests if t.outcome in _BLOCKING]
    if bad:
        return "failing", f"{bad[0].nodeid} failed ({len(bad)} of {len(tests)} tests)"
    if counts["passed"]:
        one = counts["passed"] == 1
        return "automated", "1 test passed" if one else f"{counts['passed']} tests passed"
    if attestation and attestation.freshness != "expired":
        said = attestation.statement
        return "manual", f"attested by {said.owner} on {said.date}, valid until {said.expires}"
    if attestation:
        said = attestation.statement
        return "expired", f"attestation by {said.owner} expired on {said.expires}"
    if counts["not-run"]:
        return "not-run", f"{counts['not-run']} of {len(tests)} tests did not run"
    if counts:
        listed = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
        return "skipped", f"{len(tests)} tests, none earned: {listed}"
    if unlisted:
        return "not-run", "no test of it was seen, and this run did not look everywhere"
    return "missing", "no test and no attestation"


EXAMPLE = """\
import pytest
from {module} import latest

from pytest_mltestscore import checks


@pytest.mark.mlscore("{name}")
def test_{module}():
    assert checks.{section}.{module}(latest(), max_share=0.05)"""


def _texts(fact: _Fact, faults: tuple[str, ...], example: str) -> ItemTexts:
    words = fact.name.replace("-", " ")
    return ItemTexts(
        long_title=f"{fact.title}, on every change",
        holds=f"{fact.title}.",
        fails=f"Nobody knows whether {words} is in order.",
        why=f"Without {words}, faults reach users before anybody sees them.",
        manual=f"Look at {words} by hand, write down what was found, and tell the team.",
        automate=f"Write a test of {words} that runs on every merge.",
        remedy=f"Start with the feature that changed last and look at its {words}.",
        effort=fact.effort,
        builds_on=fact.builds_on,
        sources=("Breck et al. 2017", "https://doi.org/10.1109/BigData.2017.8258038"),
        faults=faults,
        example=example.format(
            name=fact.name, module=fact.name.replace("-", "_"), section=fact.section
        ),
    )


# Values with a closed meaning: replacing them would make a record that cannot exist.
_FIXED_FIELDS = frozenset(
    {
        "report_format", "schema_version", "scoring_version", "state", "outcome", "phase", "kind",
        "status", "freshness", "effort", "aggregate", "expect", "Change.before", "Change.after",
        "nonfinite",
        "id", "item", "section", "limiting_sections", "builds_on", "started_at", "Trial.verdict",
        "fault", "faults", "Change.proof", "Policy.commits",
    }
)  # fmt: skip

# What is said only of some: where nothing is said, another text would mean something else.
_FIXED_IF_EMPTY = frozenset({"AcceptedFaultStatus.stale", "ItemTexts.example", "Proof.why"})


def with_text(record: Record, change: Callable[[str], str]) -> Record:
    """Return a record in which every free text is changed; ids, states and dates stay."""
    changed: Record = _changed(record, change, "")
    return changed


def _is_fixed(field: str, value: Any) -> bool:
    return field in _FIXED_FIELDS or (not value and field in _FIXED_IF_EMPTY)


def _changed(value: Any, change: Callable[[str], str], field: str) -> Any:
    if isinstance(value, str):
        return value if field in _FIXED_FIELDS else change(value)
    if isinstance(value, tuple | list):
        return type(value)(_changed(entry, change, field) for entry in value)
    if isinstance(value, dict):
        keep_keys = field in ("sections", "items")
        return {
            key if keep_keys else change(key): _changed(entry, change, "")
            for key, entry in value.items()
        }
    if isinstance(value, msgspec.Struct):
        fields, kind = value.__struct_fields__, type(value).__name__
        values = {f: getattr(value, f) for f in fields}
        return type(value)(
            **{
                f: v if _is_fixed(f"{kind}.{f}", v) else _changed(v, change, f)
                for f, v in values.items()
            }
        )
    return value
