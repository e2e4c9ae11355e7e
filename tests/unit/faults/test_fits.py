"""Which values each fault fits, and which it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import needs

needs.module_at_import("pandas", "polars", "pyarrow", "sklearn")

from pytest_mltestscore import faults  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.faults import all_faults  # noqa: E402 - needs what was just asked for
from unit.faults import samples  # noqa: E402

PATHS = {
    *("table", "path as text", "toml", "requirements", "lock", "coverage", "folder", "repository"),
}
FUNCTIONS = {"function", "lambda", "method", "partial", "builtin", "clock"}
MODELS = {"model", "pipeline", "search"}
MOMENTS = {"moment", "timestamp", "day", "text of a moment", "text of a day"}
BY_FOLDER = {
    "arrays": {"array", "matrix", "integers", "losses"},
    "callables": FUNCTIONS,
    "clients": {"client"},
    "frames": set(samples.FRAMES),
    "models": MODELS | FUNCTIONS,
    "names": {"names"},
    "paths": PATHS,
    "times": MOMENTS | FUNCTIONS,
}
BY_NAME = {
    "failing_command": {"command", "server"},
    "unseeded_command": {"command"},
    "erring_server": {"server"},
    "wrong_server": {"server"},
    "foreign_commit": {"metadata"},
    "lost_entry": {"manifest"},
    "open_policy": {"policy"},
    "other_version": {"versions"},
    "ownerless": {"manifest", "toml", "coverage"},
    "worse_metrics": {"metrics"},
    "changed_dependency": {"requirements", "lock"},
    "unpinned_dependency": {"requirements", "lock"},
    "uncovered_lines": {"coverage"},
    "late_releases": {"repository"},
    "lost_tags": {"repository"},
    "shallow_clone": {"repository"},
    "uncommitted_change": {"repository"},
    "unreviewed_commit": {"repository"},
    "untracked_files": {"repository"},
    "forgetful_pickle": MODELS,
    "lost_versions": {"folder", "repository"},
    "nan_weights": MODELS,
    "untrained_weights": MODELS,
    "other_hyperparameters": MODELS,
    "renamed_features": MODELS,
    "misread_scores": {"search", "results"},
    "unfinished_search": {"search", "results"},
}


def fitting(fault):
    """Return the names of the samples that a fault is for."""
    folder = fault_folder(fault)
    return BY_NAME.get(fault.name, BY_FOLDER.get(folder, set()))


def fault_folder(fault):
    """Return the folder that a fault's file is in."""
    [path] = Path(faults.__file__).parent.glob(f"*/{fault.name}.py")
    return path.parent.name


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    frames = {kind: samples.frame(kind) for kind in samples.FRAMES}
    return {**frames, **samples.values(), **samples.files(tmp_path_factory.mktemp("files"))}


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory):
    return samples.left_alone(tmp_path_factory.mktemp("left alone"))


@pytest.mark.parametrize("fault", all_faults().values(), ids=lambda fault: fault.name)
def test_a_fault_fits_what_it_is_for_and_nothing_else(fault, values):
    assert {name for name, value in values.items() if fault.fits(value)} == fitting(fault)


@pytest.mark.parametrize("fault", all_faults().values(), ids=lambda fault: fault.name)
def test_a_fault_leaves_alone_what_is_of_no_structure(fault, left_alone):
    assert [name for name, value in left_alone.items() if fault.fits(value)] == []


def test_no_fault_fits_what_pytest_gives(  # noqa: PLR0917 - one of each
    request,
    tmp_path,
    tmp_path_factory,
    monkeypatch,
    capsys,
    caplog,
    recwarn,
    tmpdir,
    pytestconfig,
    record_property,
    record_xml_attribute,
    subtests,
    worker_id,
    doctest_namespace,
    mlscore,
):
    given = dict(locals())
    found = [(n, f.name) for n, v in given.items() for f in all_faults().values() if f.fits(v)]
    assert found == []


class Telltale:
    """Tells when any of its attributes is looked up."""

    asked: list[str]

    def __init__(self):
        object.__setattr__(self, "asked", [])

    def __getattr__(self, name):
        self.asked.append(name)
        raise AttributeError(name)

    def predict(self, rows):
        raise AssertionError("it was asked")

    def get_params(self):
        raise AssertionError("it was asked")

    def __len__(self):
        raise AssertionError("it was asked")

    def __iter__(self):
        raise AssertionError("it was asked")

    def __bool__(self):
        raise AssertionError("it was asked")


@pytest.mark.parametrize("fault", all_faults().values(), ids=lambda fault: fault.name)
def test_whether_a_fault_fits_runs_no_method_of_the_value(fault):
    fault.fits(Telltale())
