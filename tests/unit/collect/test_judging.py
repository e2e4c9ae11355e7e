"""What the end of a re-run says of a test."""

from __future__ import annotations

import pytest

from pytest_mltestscore.collect.proving.judging import judge
from pytest_mltestscore.domain.errors import InputError


class SchemaErrors(Exception):  # noqa: N818
    """Named as pandera's."""


SchemaErrors.__module__ = "pandera.errors"


class OfOurShopError(Exception):
    """Named in the configuration."""


@pytest.mark.parametrize(
    "error, verdict",
    [
        (None, "missed"),
        (AssertionError("too low"), "caught"),
        (type("Narrower", (AssertionError,), {})(), "caught"),
        (pytest.fail.Exception("too low"), "caught"),
        (InputError("data", "has no rows"), "caught"),
        (SchemaErrors(), "caught"),
        (type("Narrower", (SchemaErrors,), {})(), "caught"),
        (OfOurShopError(), "no-verdict"),
        (KeyError("km"), "no-verdict"),
        (TypeError(), "no-verdict"),
        (SystemExit(1), "no-verdict"),
        (pytest.skip.Exception("not today"), "no-verdict"),
        (pytest.xfail.Exception("known"), "no-verdict"),
        (ExceptionGroup("", [KeyError("km"), AssertionError("too low")]), "caught"),
        (ExceptionGroup("", [KeyError("km"), ExceptionGroup("", [TypeError()])]), "no-verdict"),
    ],
)
def test_only_what_says_that_something_is_wrong_is_a_catch(error, verdict):
    assert judge(error).verdict == verdict


def test_a_project_may_name_errors_of_its_own():
    assert judge(OfOurShopError(), [f"{__name__}.OfOurShopError"]).verdict == "caught"


def test_of_several_errors_the_one_that_counts_is_named():
    judged = judge(ExceptionGroup("", [KeyError("km"), AssertionError("too low")]))
    assert judged.error_type == "AssertionError"


def test_type_and_place_are_kept():
    with pytest.raises(KeyError) as caught:
        {}["km"]
    judged = judge(caught.value)
    assert judged.error_type == "KeyError"
    assert judged.origin.startswith("test_judging.py:")
    assert "may come of the damage itself" in judged.why
    assert judge(KeyError("km")).origin == ""
