import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "skore")

import skore  # noqa: E402 - needs what was just asked for
from sklearn.datasets import make_classification  # noqa: E402
from sklearn.dummy import DummyClassifier  # noqa: E402
from skore._checks.base import ChecksSummaryDisplay  # noqa: E402 - it has no public maker

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.adapters import skore_checks  # noqa: E402

GOOD_TIP = "Your model is on par with or better than a HistGradientBoosting baseline."
WORSE = "Test scores are significantly worse than a HistGradientBoosting baseline."


def summary(**sections):
    """Return a summary of checks by code, each a section or a section with its explanation."""
    given = {code: (s if isinstance(s, tuple) else (s, None)) for code, s in sections.items()}
    results = {
        code: {"title": code.title(), "docs_url": None, "explanation": words, "section": section}
        for code, (section, words) in given.items()
    }
    return ChecksSummaryDisplay(results, fast_mode=False)


def baseline(**sections):
    checks = {"SKD002": "passed", "SKD009": ("tip", GOOD_TIP), "SKD010": "passed"}
    return summary(**{**checks, **sections})


def test_a_dummy_is_found_out():
    features, labels = make_classification(random_state=42)
    report = skore.evaluate(DummyClassifier(), features, labels, splitter=0.2)
    result = skore_checks(report.checks.summarize(fast_mode=True))
    assert not result
    assert result.table[0]["check"] == "SKD002 Potential underfitting"
    assert "2 checks not run, which counts for nothing" in result.notes


def test_checks_that_passed():
    result = skore_checks(baseline())
    assert result
    assert result.item == "simpler-baseline"
    assert result.summary == "3 checks judged, all passed"


@pytest.mark.parametrize(
    "sections",
    [{"SKD002": ("issue", "Not better than a dummy.")}, {"SKD009": ("tip", WORSE)}],
)
def test_findings_fail(sections):
    result = skore_checks(baseline(**sections))
    assert not result
    assert next(iter(sections.values()))[1] in result.summary


def test_tips_can_be_allowed_and_issues_never():
    assert skore_checks(baseline(SKD009=("tip", WORSE)), allow_tips=True)
    assert not skore_checks(baseline(SKD002=("issue", "bad")), allow_tips=True)


def test_each_item_has_its_checks():
    tuned = summary(SKD002="issue", SKD014="passed", SKD015="not_applicable", SKD016="passed")
    assert skore_checks(tuned, item="tuned-hyperparameters")
    assert not skore_checks(tuned, item="spec-unit-tests", codes=["skd002"])


def test_explanations_of_a_comparison():
    compared = summary(SKD001=("issue", {"ridge": "overfits", "forest": "overfits more"}))
    result = skore_checks(compared, codes=["SKD001"])
    assert result.table[0]["found"] == "ridge: overfits; forest: overfits more"


@pytest.mark.parametrize("section", ["not_applicable", "skipped", "ignored"])
def test_what_was_not_run_counts_for_nothing(section):
    assert skore_checks(baseline(SKD009=section))
    with pytest.raises(InputError, match="has 1 check, but ran none"):
        skore_checks(summary(SKD001=section), codes=["SKD001"])


@pytest.mark.parametrize(
    "given, options, argument, words",
    [
        (baseline(), {"item": "canary"}, "codes", "no check of skore is known for 'canary'"),
        (baseline(), {"codes": []}, "codes", "are missing"),
        (baseline(), {"codes": "SKD001"}, "codes", "is the text 'SKD001'; give a list"),
        (baseline(), {"codes": ["SKD001"]}, "codes", "SKD001 is not in the summary, which has"),
        (summary(), {}, "codes", "which has none"),
        (3, {}, "summary", "is of type int"),
        (None, {}, "summary", "is of type NoneType"),
    ],
)
def test_what_shows_nothing_is_an_error(given, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        skore_checks(given, **options)
    assert caught.value.argument == argument
