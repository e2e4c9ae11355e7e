import json

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "pyarrow")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import (  # noqa: E402
    dependency_changes,
    upstream_fingerprint,
)
from pytest_mltestscore.checks.monitor._lock_files import read_lock  # noqa: E402

LEGS = pd.DataFrame(
    {"km": [1.0, 2.0, None, 4.0], "carrier": ["AA", "UA", None, "AA"], "late": [True, False] * 2}
)
RECORDED = {"legs": upstream_fingerprint(LEGS)}


@pytest.fixture
def inbox():
    return []


@pytest.fixture
def judged(inbox, tmp_path):
    """Return the check with a notifier that works, and a lock of such content."""

    def judge(content="pandas==2.0\n", notifier=inbox.append, **options):
        path = tmp_path / "requirements.txt"
        path.write_text(content)
        given = {"lock": path, "installed": {"pandas": "2.0"}, "timeout_s": 0}
        return dependency_changes(notifier, lambda: inbox, **{**given, **options})

    return judge


def changes(result):
    return [tuple(row.values()) for row in result.table]


def upstream(rows, recorded=RECORDED):
    return {"upstream": {"legs": rows}, "fingerprints": recorded}


def test_nothing_changed_and_the_notifier_works(judged, inbox):
    result = judged(**upstream(LEGS))
    assert result
    assert result.summary == "2 dependencies are as recorded, and a simulated change was received"
    assert [text.split("]")[1] for text in inbox] == [
        " pandas: 1.0.1, recorded 1.0",
        " legs.simulated: new, text, recorded absent",
    ]


@pytest.mark.parametrize(
    "lock, expected",
    [
        ("pandas==2.1", [("pandas", "2.1", "2.0")]),
        ("Pandas == 2.0.0 --hash=sha256:00 # why", []),
        ("pandas==2.0 \\\n    --hash=sha256:00\n--index-url x\n# no\n", []),
        ("pandas>=2", [("pandas", "pandas>=2, which is no pin", "2.0")]),
        ("pandas==2.*", [("pandas", "pandas==2.*, which is no pin", "2.0")]),
        ("pandas==2.0\nNum_py==1", [("num-py", "1", "not installed")]),
        ("pandas==2.0\nnumpy==1; python_version < '3'", []),
    ],
)
def test_versions_against_requirements(judged, lock, expected):
    result = judged(lock)
    assert changes(result) == expected
    assert bool(result) == (not expected)


def test_real_changes_are_told(judged, inbox):
    judged("pandas==2.1")
    assert inbox[0] == "pandas: 2.0, recorded 2.1"


def test_what_is_locked_and_not_installed_can_be_allowed(judged):
    assert judged("pandas==2.0\nnumpy==1", allow_missing=True)


def test_a_pin_without_a_local_part_is_met_by_any(judged):
    assert judged("pandas==2.0", installed={"pandas": "2.0+cpu"})
    assert not judged("pandas==2.0+cpu", installed={"pandas": "2.0+gpu"})


def test_packages_beside_the_lock_are_noted(judged):
    result = judged(installed={"pandas": "2.0", "pip": "1"})
    assert result.notes == ("1 installed packages are not in the lock: pip",)


def test_this_environment_is_looked_at_by_default(judged):
    result = judged(f"pandas=={pd.__version__}\n", installed=None)
    assert result


UV = """
version = 1
[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
[[package]]
name = "pandas"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "pandas"
version = "2.1"
source = { registry = "https://pypi.org/simple" }
"""
PYLOCK = """
lock-version = "1.0"
[[packages]]
name = "pandas"
version = "2.0"
[[packages]]
name = "old"
version = "1"
marker = "python_version < '3'"
[[packages]]
name = "mine"
directory = { path = "." }
"""
POETRY = """
[[package]]
name = "pandas"
version = "2.0"
markers = "python_version >= '3'"
"""


@pytest.mark.parametrize(
    "name, content, versions",
    [
        ("uv.lock", UV, {"2.0", "2.1"}),
        ("pylock.toml", PYLOCK, {"2.0"}),
        ("poetry.lock", POETRY, {"2.0"}),
    ],
)
def test_lock_files_of_tools(tmp_path, name, content, versions):
    path = tmp_path / name
    path.write_text(content)
    locked = read_lock(path, "lock")
    assert {name: set(entry.versions) for name, entry in locked.items()} == {"pandas": versions}


def test_requirements_include_others(tmp_path):
    (tmp_path / "base.txt").write_text("numpy==1\n")
    (tmp_path / "all.txt").write_text("-r base.txt\npandas==2\n")
    assert set(read_lock(tmp_path / "all.txt", "lock")) == {"numpy", "pandas"}


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_fingerprints_are_the_same_for_every_library(kind):
    found = upstream_fingerprint(to_kind(kind, LEGS))
    assert found == RECORDED["legs"]
    assert found["columns"]["carrier"] == {"kind": "text", "missing": 0.25, "distinct": 2}


@pytest.mark.parametrize(
    "rows, expected",
    [
        (LEGS.drop(columns="km"), ("legs.km", "present", "gone")),
        (LEGS.assign(new=1), ("legs.new", "absent", "new, number")),
        (LEGS.assign(km="a"), ("legs.km", "number", "text")),
        (LEGS.assign(km=[1.0, 2.0, 3.0, 4.0]), ("legs.km", "0.25 missing", "0 missing")),
        (LEGS.assign(km=LEGS["km"] * 100), ("legs.km", "mean 2.333 ± 1.53", "mean 233.3 ± 153")),
        (LEGS.assign(km=[1, 2, None, np.inf]), ("legs.km", "0.25 missing", "0.5 missing")),
        (LEGS.assign(km=np.nan), ("legs.km", "0.25 missing", "1 missing")),
        (
            LEGS.assign(carrier=["AA", "UA", None, "XX"]),
            ("legs.carrier", "2 distinct", "3 distinct"),
        ),
    ],
)
def test_a_change_upstream(judged, rows, expected):
    result = judged(**upstream(rows))
    assert not result
    assert changes(result)[0] == expected


def test_a_source_without_record_and_a_record_without_source(judged):
    result = judged(**upstream(LEGS, {"other": RECORDED["legs"]}))
    assert changes(result) == [
        ("legs", "no fingerprint", "data"),
        ("other", "a fingerprint", "not looked at: no data given"),
    ]


def test_a_record_in_a_file(judged, tmp_path):
    path = tmp_path / "fingerprints.json"
    path.write_text(json.dumps(RECORDED))
    assert judged(**upstream(LEGS, path))


def test_a_silent_notifier_is_found(judged):
    result = judged(notifier=lambda text: None)
    assert not result
    assert result.summary == "the notifier silent: nothing arrived"


def test_a_notifier_that_raises_is_found(judged):
    def broken(text):
        raise ConnectionError("no route")

    result = judged(notifier=broken)
    assert not result
    assert "raised ConnectionError: no route" in result.summary


def test_an_old_message_does_not_pass_for_a_new_one(judged, inbox):
    inbox.append("[simulated change 0123456789ab] pandas: 1.0.1, recorded 1.0")
    assert not judged(notifier=lambda text: None)


def test_a_message_that_takes_its_time_is_waited_for(judged):
    sent, asked = [], []

    def received():
        asked.append(1)
        return sent if len(asked) > 3 else []

    assert dependency_changes(
        sent.append, received, upstream={"legs": LEGS}, fingerprints=RECORDED, timeout_s=60
    )


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"lock": None}, "lock", "is missing"),
        ({"lock": "no/such.txt"}, "lock", "cannot be read"),
        ({"upstream": {"legs": LEGS}}, "fingerprints", "is missing"),
        (upstream(LEGS[:0]), "data", "has no rows"),
        (upstream(5), "data", "is of type int"),
        (upstream(LEGS, {"legs": {"columns": {"km": 5}}}), "fingerprints", "is no fingerprint"),
        (upstream(LEGS, {"legs": 5}), "fingerprints", "is no fingerprint"),
    ],
)
def test_bad_arguments_are_named(judged, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(**options)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("a.txt", "", "lists no package"),
        ("a.txt", "pandas=2", "is no requirement"),
        ("a.toml", "x = 1", "has no packages"),
        ("uv.lock", "x = ", "not valid TOML"),
    ],
)
def test_a_bad_lock_is_named(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        read_lock(path, "lock")
