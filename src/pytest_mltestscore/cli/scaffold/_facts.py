"""What was seen in a repository, without a judgement of what it means."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that was read to its end."""

    name: str
    kind: str
    """A word of the schema: `integer`, `number`, `text`, `category`, `boolean`; empty if unsure."""
    missing: float = 0.0
    """Share of the rows."""
    values: tuple[str, ...] = ()
    """Of a category, sorted."""
    negative: bool = False
    numeral: bool = False
    """Whether some value begins as a number does, which may make a date of it."""
    repeats: bool = True
    """Whether some value occurs twice."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A call by which code reads a table."""

    path: str
    line: int
    library: str
    function: str
    file: str
    """Its name, without folders."""
    options: tuple[tuple[str, ast.expr], ...] = ()
    """Literals, and lists of them, by the names of the arguments."""
    left_out: tuple[str, ...] = ()
    """Arguments that are not among these."""
    index: ast.expr | None = None
    """Column, or columns, that the code makes the index."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file with data."""

    path: str
    """From the top of the repository, with `/`."""
    size: int
    separator: str = ","
    names: tuple[str, ...] = ()
    """Names of the columns, as a frame would have them; empty if they could not be told."""
    rows: int | None = None
    """None unless the file was read to its end."""
    columns: tuple[Column, ...] = ()
    """Empty unless the file was read to its end and everything in it is plain."""
    problem: str = ""
    """Why a frame can't be read from it just like that."""
    reading: Reading | None = None
    """The call by which the code reads it, if there is one."""
    index: frozenset[str] = frozenset()
    """Columns that the code makes the index, and we leave as they are."""

    @property
    def is_csv(self) -> bool:
        """Whether it is text."""
        return not self.path.lower().endswith(".parquet")


@dataclass(frozen=True, slots=True)
class Function:
    """A function at the top of a module."""

    path: str
    name: str
    parameters: tuple[str, ...]
    required: int
    """How many of the parameters have no default."""

    @property
    def signature(self) -> str:
        """How one would call it."""
        return f"{self.name}({', '.join(self.parameters)})"


@dataclass(frozen=True, slots=True)
class Estimator:
    """A model that the code makes by calling a class of a known library."""

    path: str
    call: ast.expr
    """Names of constants in it have been replaced by their values."""
    imports: tuple[tuple[str, str, str], ...]
    """Module, name (empty for the module itself) and the name by which the call knows it."""
    whole: bool
    """Whether the call means the same in another file."""
    title: str
    """Name of the class that predicts."""
    library: str = "sklearn"
    """Its package, or that of another one of its parts than scikit-learn's."""
    elsewhere: str = ""
    """A step that the call does not make itself, as it is written."""
    picks: bool = False
    """Whether a part of it chooses columns, and so says what it makes of which."""
    made_by: str = ""
    """A function that makes it when it is called without arguments."""


@dataclass(frozen=True, slots=True)
class Split:
    """How code splits its rows, by `train_test_split`."""

    path: str
    options: tuple[tuple[str, ast.expr], ...] = ()
    """Numbers, truths and None, by the names of the arguments."""
    stratify: str = ""
    """Column whose shares both parts keep."""
    strata: ast.expr | None = None
    """What is made of that column before, with `rows` for the table."""
    why: str = ""
    """Why a test cannot split the same way, with the line; empty if it can."""


@dataclass(frozen=True, slots=True)
class Module:
    """A file with Python code."""

    path: str
    imports: frozenset[str]
    """Names of the top-level packages."""
    functions: tuple[Function, ...] = ()
    estimators: tuple[Estimator, ...] = ()
    networks: tuple[str, ...] = ()
    """Classes that are torch modules."""
    apps: tuple[tuple[str, str], ...] = ()
    """Name of a variable with an application, and its framework."""
    labels: tuple[tuple[int, str], ...] = ()
    """Columns that the code takes as the truth, the surest first."""
    inputs: tuple[str, ...] = ()
    """Columns that it gives to a model, if a list names them."""
    selects: int = 0
    """Line in which it selects columns for a model, plainly or not; 0 if it does not."""
    dropped: frozenset[str] = frozenset()
    """Columns that it drops before a model."""
    split: Split | None = None
    readings: tuple[Reading, ...] = ()
    reads: frozenset[str] = frozenset()
    """Names of files that it mentions."""
    acts: bool = False
    """Whether importing it does more than define things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that was seen."""

    root: Path
    name: str
    tables: tuple[Table, ...] = ()
    modules: tuple[Module, ...] = ()
    models: tuple[str, ...] = ()
    """Files that look like a trained model."""
    tests: tuple[str, ...] = ()
    notebooks: int = 0
    ci: tuple[str, ...] = ()
    ci_stages: tuple[str, ...] = ()
    """Of GitLab, as far as they are declared."""
    ci_scores: frozenset[str] = frozenset()
    """Services whose own file runs mlscore, or takes in the file that does."""
    stages: tuple[str, ...] = ()
    """Of DVC, in order."""
    git: bool = False
    mlflow: bool = False
    pyproject: bytes | None = None
    settings_in: str = ""
    """Where mlscore is configured already."""
    pytest_in: str = ""
    """Where pytest is configured already."""
    test_folder: str = "tests"
    installs: tuple[str, ...] = ()
    """Arguments of `pip install` that bring what the project needs."""
    left_out: tuple[str, ...] = ()
    """What was not looked at, in words."""
    paths: frozenset[str] = field(default_factory=frozenset)

    def imported(self, package: str) -> bool:
        """Whether any module imports a package."""
        return any(package in module.imports for module in self.modules)
