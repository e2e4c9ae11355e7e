import pytest

import needs

needs.module_at_import("narwhals")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.adapters import coverage_json  # noqa: E402
from unit.checks.adapters import saved_results  # noqa: E402

FILE = saved_results.path("coverage")  # feats.py: 4 of 6 statements, 1 of 2 branches


def changed(**meta):
    saved = saved_results.read("coverage")
    saved["meta"].update(meta)
    return saved


def test_a_file_with_too_little_is_named():
    result = coverage_json(FILE, paths=["feats.py", "test_*.py"], min_share=0.63)
    assert not result
    assert result.summary == "1 of 2 files not passed: feats.py: 62.5% of 8, below 63%"
    assert result.measurements[-1].value == 0.625
    assert result.item == "feature-code-tests"


def test_enough_in_every_file():
    assert coverage_json(FILE, paths=["feats.py"], min_share=0.625)


def test_one_file_is_not_made_up_for_by_another():
    assert not coverage_json(FILE, paths=["*"], min_share=0.7)  # 75 % in all


def test_without_branches_statements_count():
    saved = changed(branch_coverage=False)
    for entry in saved["files"].values():
        for key in ("num_branches", "covered_branches"):
            del entry["summary"][key]
    assert coverage_json(saved, paths=["feats.py"], min_share=0.66, branches=False)
    assert not coverage_json(saved, paths=["feats.py"], min_share=0.67, branches=False)


def test_lines_that_are_left_out_are_noted():
    saved = changed()
    saved["files"]["feats.py"]["summary"]["excluded_lines"] = 7
    result = coverage_json(saved, paths=["feats.py"])
    assert result.notes == ("7 lines are excluded by comments",)


def without_code():
    saved = changed()
    saved["files"]["feats.py"]["summary"].update(num_statements=0, num_branches=0)
    return saved


def test_a_file_without_code_counts_for_nothing():
    result = coverage_json(without_code(), paths=["feats.py", "test_b.py"])
    assert result
    assert result.notes == ("1 file not run, which counts for nothing",)


@pytest.mark.parametrize(
    "file, options, argument, words",
    [
        (FILE, {"paths": ["features/*.py"]}, "paths", "fits no file of feats.py, other.py"),
        (FILE, {"paths": []}, "paths", "is empty; give some, such as 'feats.py'"),
        (FILE, {"paths": "feats.py"}, "paths", "give a list"),
        (FILE, {"min_share": 0}, "min_share", "is 0"),
        (FILE, {"min_share": 90}, "min_share", "is 90"),
        (FILE, {"min_share": float("nan")}, "min_share", "is nan"),
        (changed(branch_coverage=False), {}, "file", "measured without branches"),
        (without_code(), {}, "file", "has 1 file, but ran none"),
        ({"meta": {}, "files": {}}, {}, "file", "is empty"),
        ({"totals": {}}, {}, "file", "has no files"),
        ({"files": {"feats.py": {"summary": {}}}}, {}, "file", "has no counts for feats.py"),
        ({"files": {"feats.py": 3}}, {}, "file", "has no counts for feats.py"),
        ("missing.json", {}, "file", "cannot be read"),
    ],
)
def test_what_shows_nothing_is_an_error(file, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        coverage_json(file, **{"paths": ["feats.py"], **options})
    assert caught.value.argument == argument
