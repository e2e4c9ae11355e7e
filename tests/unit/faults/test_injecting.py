"""What each fault does to a value that it fits: a damaged copy, the same for the same seed."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

import pytest

import needs

needs.module_at_import("pandas", "polars", "pyarrow", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for

from pytest_mltestscore.faults import NothingToDamageError, all_faults, fingerprint  # noqa: E402
from unit.faults import samples  # noqa: E402
from unit.faults.test_fits import BY_FOLDER, BY_NAME, fault_folder, fitting  # noqa: E402

KNOWN = all_faults()
ON_FRAMES = [name for name, fault in KNOWN.items() if fault_folder(fault) == "frames"]
RESTLESS = {"nondeterministic_predictions", "unseeded_training"}
"""They answer otherwise each time: that is what they do."""
TAKING = {"slow_predictions", "slow_rows", "hungry_predictions", "leaking_predictions"}
"""They take time or memory, and answer as before."""


def digest(value: Any) -> Any:
    """Return what is equal for equal contents, of data and of files."""
    if hasattr(value, "collect"):
        value = value.collect()
    if isinstance(value, list):  # a command may name a file of its own that it writes when it runs
        value = [part for part in value if "mlscore-fault-" not in str(part)]
    if isinstance(value, str | Path) and Path(value).exists():
        return digest_of_files(Path(value))
    return fingerprint(value) or pickle.dumps(value)


def digest_of_files(path: Path) -> str:
    found = hashlib.sha256()
    for file in [path, *sorted(path.rglob("*"))]:
        found.update(f"{file.relative_to(path)} {file.stat().st_mode}\0".encode())
        if file.is_file() and file.name != "index":  # git notes there when it looked last
            found.update(file.read_bytes())
            found.update(str(int(file.stat().st_mtime)).encode())
    return found.hexdigest()


@pytest.mark.parametrize("kind", samples.FRAMES)
@pytest.mark.parametrize("name", ON_FRAMES)
def test_a_fault_damages_a_copy_of_a_frame(name, kind):
    fault, frame = KNOWN[name], samples.frame(kind)
    before = digest(frame)
    damaged = fault.inject(frame, np.random.default_rng(1))
    assert type(damaged) is type(frame)
    assert digest(frame) == before
    assert digest(damaged) != before
    assert digest(fault.inject(frame, np.random.default_rng(1))) == digest(damaged)


@pytest.mark.parametrize("name", ON_FRAMES)
def test_the_index_of_a_frame_stays_or_is_cut(name):
    frame = samples.rows()
    damaged = KNOWN[name].inject(frame, np.random.default_rng(2))
    assert set(damaged.index) <= set(frame.index)


@pytest.mark.parametrize("name", ON_FRAMES)
def test_there_is_nothing_to_damage_in_a_frame_without_rows(name):
    with pytest.raises(NothingToDamageError):
        KNOWN[name].inject(samples.rows().head(0), np.random.default_rng(0))


SHAPE_CHANGED = {"drop_column", "duplicate_rows", "empty_frame", "lost_rows"}
NAMES_CHANGED = {"drop_column", "rename_column", "personal_column"}


@pytest.mark.parametrize("name", ON_FRAMES)
def test_most_damages_keep_shape_and_names(name):
    frame = samples.rows()
    damaged = KNOWN[name].inject(frame, np.random.default_rng(3))
    assert (damaged.shape == frame.shape) is (name not in SHAPE_CHANGED)
    assert (list(damaged) == list(frame)) is (name not in NAMES_CHANGED)


WRAPPED = BY_FOLDER["models"] | BY_FOLDER["clients"]
VALUES = [
    (name, value)
    for name, fault in KNOWN.items()
    if name not in ON_FRAMES
    for value in sorted(fitting(fault) - BY_FOLDER["paths"] - WRAPPED)
]


@pytest.fixture(scope="module")
def values():
    return samples.values()


@pytest.mark.parametrize("name, value", VALUES)
def test_a_fault_damages_a_copy_of_plain_data(name, value, values):
    fault, given = KNOWN[name], values[value]
    before = digest(given)
    damaged = fault.inject(given, np.random.default_rng(1))
    assert type(damaged) is type(given)
    assert digest(given) == before
    assert digest(damaged) != before
    assert digest(fault.inject(given, np.random.default_rng(1))) == digest(damaged)


PATHS = [
    (name, value)
    for name, fault in KNOWN.items()
    for value in sorted(fitting(fault) & BY_FOLDER["paths"])
]
NOTHING_THERE = {("ownerless", "coverage")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return samples.files(tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("name, value", PATHS)
def test_a_fault_damages_a_copy_of_a_file(name, value, files):
    fault, given = KNOWN[name], files[value]
    before = digest(given)
    if (name, value) in NOTHING_THERE:
        with pytest.raises(NothingToDamageError):
            fault.inject(given, np.random.default_rng(1))
        return
    damaged = fault.inject(given, np.random.default_rng(1))
    again = fault.inject(given, np.random.default_rng(1))
    assert type(damaged) is type(given)
    assert Path(damaged).name == Path(given).name
    assert digest(given) == before
    assert digest(damaged) != before
    if value != "repository":  # where git keeps times of its own
        assert digest(damaged) == digest(again)


def test_commits_of_a_damaged_repository_are_the_same_each_time(files):
    from git_repository import git

    for name in ("unreviewed_commit", "untracked_files", "late_releases"):
        made = [KNOWN[name].inject(files["repository"], np.random.default_rng(1)) for _ in range(2)]
        one, two = (git(root, "for-each-ref", "refs/heads", "refs/tags") for root in made)
        assert one == two


def test_only_the_newest_copies_of_files_are_kept(files):
    fault, rng = KNOWN["corrupt_file"], np.random.default_rng(1)
    made = [fault.inject(files["table"], rng) for _ in range(20)]
    assert sum(path.exists() for path in made) == 8
    assert made[-1].exists()


ASKED = [
    name for name, fault in KNOWN.items() if fault_folder(fault) == "models" and name not in BY_NAME
]


@pytest.mark.parametrize("kind", ["model", "pipeline"])
@pytest.mark.parametrize("name", ASKED)
def test_a_model_stays_as_it_is_and_its_double_answers_otherwise(name, kind, values):
    model, rows = values[kind], samples.rows()[["size", "risk"]]
    before, answers = pickle.dumps(model), model.predict_proba(rows)
    damaged = KNOWN[name].inject(model, np.random.default_rng(1))
    found = damaged.predict_proba(rows)
    damaged.fit(rows, samples.rows()["late"].to_numpy()[::-1])
    assert pickle.dumps(model) == before or kind == "pipeline"  # which fits its steps in place
    if name in TAKING or name == "shuffled_training":
        assert np.array_equal(found, answers)
    else:
        assert not np.array_equal(found, answers, equal_nan=True)
        other = KNOWN[name].inject(model, np.random.default_rng(1)).predict_proba(rows)
        assert (
            name in RESTLESS or kind == "pipeline" or np.array_equal(found, other, equal_nan=True)
        )


@pytest.mark.parametrize(
    "name, number", [("auc", 0), ("rows_per_s", 0), ("fit_s", 60), ("gap", 60)]
)
def test_a_worse_metric_is_a_smaller_one_or_a_higher_cost(name, number):
    damaged = KNOWN["worse_metrics"].inject({name: 6}, np.random.default_rng(1))
    assert damaged == {name: number}
