"""The table `policy`: what it may say, and what is said of mistakes in it."""

from __future__ import annotations

import pytest

from pytest_mltestscore.catalog import load as load_rubric
from pytest_mltestscore.config import load
from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.record import Policy

RUBRIC = load_rubric()


def read(tmp_path, text):
    (tmp_path / "mlscore.toml").write_text(f"[policy]\n{text}\n", encoding="utf-8")
    return load(tmp_path, RUBRIC).policy


@pytest.mark.parametrize(
    "text, policy",
    [
        ("", Policy()),
        ("max_age_days = 3", Policy(max_age_days={"default": 3.0})),
        (
            'max_age_days = {data = 1, "slice-quality" = 30, default = 2.5}',
            Policy(max_age_days={"data": 1.0, "model-6": 30.0, "default": 2.5}),
        ),
        ("min_runs = 3", Policy(min_runs=3)),
        ('branches = "main"', Policy(branches=("main",))),
        ('branches = ["main", "release/*"]', Policy(branches=("main", "release/*"))),
        ('commits = "any"', Policy(commits="any")),
        ("window_days = 365", Policy(window_days=365)),
    ],
)  # fmt: skip
def test_what_a_policy_may_say(tmp_path, text, policy):
    assert read(tmp_path, text) == policy


@pytest.mark.parametrize(
    "text, message",
    [
        ("max_age_days = 0", "policy.max_age_days: is 0; give days above 0"),
        ("max_age_days = true", "policy.max_age_days: is true; give days above 0"),
        ("max_age_days = {data = -1}", "policy.max_age_days.data: is -1; give days above 0"),
        ("max_age_days = {data = nan}", "policy.max_age_days.data: is nan; give days above 0"),
        ("max_age_days = {dta = 1}", "'default'; did you mean 'data'?"),
        ('max_age_days = {"model-6" = 1, "slice-quality" = 2}', "model-6 is there twice"),
        ("max_age_days = 100", "policy.window_days: is 90, less than a max_age_days of 100"),
        ("min_runs = 0", "policy.min_runs: is 0; give a number from 1 up"),
        ("min_runs = 1.5", "policy.min_runs: is 1.5; give a whole number"),
        ("window_days = 0", "policy.window_days: is 0.0; give days, such as 90"),
        ('commits = "all"', "policy.commits: is 'all'; give one of 'ancestors', 'any'"),
        ("branches = [1]", "policy.branches #1: is 1; give text in quotes"),
        ("min_run = 1", "policy.min_run: unknown key; did you mean 'min_runs'?"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(tmp_path, text, message):
    with pytest.raises(ConfigError) as error:
        read(tmp_path, text)
    assert message in str(error.value)
