"""From a folder to facts. Nothing is imported, run or judged here."""

from __future__ import annotations

import re
from pathlib import Path

from ...domain.counting import count
from . import _project
from ._code import read_module
from ._facts import Facts, Module, Table
from ._files import Listing, list_files
from ._gitlab import declared_stages
from ._readings import the_reading
from ._tables import HEAD_LIMIT, WHOLE_LIMIT, read_table

MODULE = "test_ml_test_score.py"
"""What the test module that is written is called."""
MOST_MODULES = 500
MOST_TABLES = 20
CODE_LIMIT = 20_000_000
DATA_LIMIT = 20_000_000
"""Bytes of all files of a kind together."""
_TABLES = (".csv", ".tsv", ".parquet")
_MODELS = (".joblib", ".pkl", ".pickle", ".onnx", ".pt", ".pth", ".keras", ".h5", ".skops")
_TEST = re.compile(r"(.*/)?(test_[^/]*|[^/]*_test)\.py")
_NO_DATA = frozenset(["tests", "test", "docs", "doc", "examples", "benchmarks"])
_NO_CODE = _NO_DATA | {".github", ".circleci"}


def look(root: Path) -> Facts:
    """Look at a repository.

    Raises
    ------
    CommandError
        If its `pyproject.toml` cannot be read.
    """
    listing = list_files(root)
    paths = list(listing.sizes)
    content, pyproject = _project.read_pyproject(root, paths)
    modules, unread = _modules(root, listing)
    library = _library(modules)
    ci_texts = _project.ci_texts(root, paths)
    pytest_in, testpaths = _project.pytest_settings(root, pyproject, listing.sizes)
    return Facts(
        root=root,
        name=_project.system_name(pyproject, root),
        tables=_tables(root, listing, library, modules),
        modules=modules,
        models=tuple(p for p in paths if p.lower().endswith(_MODELS)),
        tests=tuple(p for p in paths if _TEST.fullmatch(p) and not p.endswith(f"/{MODULE}")),
        notebooks=sum(p.endswith(".ipynb") for p in paths),
        ci=_project.ci_found(paths),
        ci_stages=declared_stages(ci_texts.get("gitlab", "")),
        ci_scores=_project.scoring(ci_texts),
        stages=_project.dvc_stages(root, paths),
        git=(root / ".git").exists(),
        mlflow=any("mlflow" in module.imports for module in modules) or "MLproject" in paths,
        pyproject=content,
        settings_in=_project.settings_in(pyproject, paths),
        pytest_in=pytest_in,
        test_folder=_project.test_folder(testpaths, paths),
        installs=_project.installs(pyproject, paths),
        left_out=tuple(_left_out(listing, unread)),
        paths=frozenset(paths),
    )


def _modules(root: Path, listing: Listing) -> tuple[tuple[Module, ...], int]:
    """Return what could be read, and how many files could not."""
    code = [p for p in listing.sizes if p.endswith(".py") and not _is_below(p, _NO_CODE)]
    code = [p for p in code if not _TEST.fullmatch(p) and p not in ("conftest.py", "setup.py")]
    read, left = [], CODE_LIMIT
    for path in code[:MOST_MODULES]:
        left -= listing.sizes[path]
        read.append(read_module(root, path) if left > 0 else None)
    found = tuple(module for module in read if module)
    return found, len(code) - len(found)


def _library(modules: tuple[Module, ...]) -> str:
    imported = [module.imports for module in modules]
    polars = any("polars" in names for names in imported)
    return "polars" if polars and not any("pandas" in names for names in imported) else "pandas"


def _tables(
    root: Path, listing: Listing, library: str, modules: tuple[Module, ...]
) -> tuple[Table, ...]:
    paths = [p for p in listing.sizes if p.lower().endswith(_TABLES) and not _is_below(p, _NO_DATA)]
    readings = [reading for module in modules for reading in module.readings]
    files = [path.rpartition("/")[2] for path in paths]
    found, left = [], DATA_LIMIT
    for path in paths[:MOST_TABLES]:
        size = listing.sizes[path]
        whole = size <= min(left, WHOLE_LIMIT)
        left -= size if whole else 0
        limit = WHOLE_LIMIT if whole else HEAD_LIMIT
        alone = files.count(path.rpartition("/")[2]) == 1
        reading = the_reading(readings, library, path) if alone else None
        found.append(read_table(root, path, size, library, limit, reading))
    return tuple(found)


def _is_below(path: str, folders: frozenset[str]) -> bool:
    return any(part in folders for part in path.split("/")[:-1])


def _left_out(listing: Listing, unread: int) -> list[str]:
    found = []
    if not listing.complete:
        found.append("the repository is very large or deep: not every file was looked at")
    if unread:
        found.append(f"{count(unread, 'Python file was', 'Python files were')} not read")
    return found
