"""Finding rubrics and loading them: those that are shipped, those of plugins, those in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ..domain.errors import RubricError, nearest
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import clean_line
from ._reading import read_rubric
from ._rules import HEADER

__all__ = ["DEFAULT_ID", "available", "load"]

DEFAULT_ID = "ml-test-score"
"""The rubric of 2017, used unless another one is asked for."""

_NONE: Mapping[str, Path] = MappingProxyType({})


def available() -> dict[str, Path]:
    """Return the folders of the shipped rubrics by their ids, the default first."""
    root = _shipped(Path(__file__).parent.parent)
    editions = sorted(header.parent for header in root.glob(f"editions/*/{HEADER}"))
    return {DEFAULT_ID: root} | {f"{DEFAULT_ID}-{path.name}": path for path in editions}


def load(source: str | Path | None = None, *, extra: Mapping[str, Path] = _NONE) -> Rubric:
    """Load a rubric; with everything that is wrong with it in one error if it cannot be used.

    Parameters
    ----------
    source
        The id of a shipped or extra rubric, or the path of a folder that holds a `rubric.toml`, or
        of that file. An id wins over a folder of the same name. None is the default rubric.
    extra
        Folders of more rubrics by their ids, as plugins add them.

    Raises
    ------
    RubricError
        If there is no such rubric, or if its files have problems: the message lists all of them.

    Examples
    --------
    >>> rubric = load()
    >>> rubric.id, len(rubric.items), rubric.section_maximum
    ('ml-test-score', 28, 7.0)
    """
    known = available()
    taken = min(known.keys() & extra.keys(), default=None)
    if taken is not None:
        raise RubricError(
            f"the rubric id {taken!r} is taken by a shipped rubric; "
            f"give the one in {_shown(extra[taken])} another id"
        )
    known |= extra
    source = DEFAULT_ID if source is None else source
    if not isinstance(source, str) or source not in known:
        return read_rubric(_folder(source, known))
    rubric = read_rubric(_folder(known[source], known))
    if rubric.id != source:
        raise RubricError(
            f"{_shown(known[source])}: {HEADER}: id: is {rubric.id!r}, but the rubric is "
            f"registered as {source!r}; make the two the same"
        )
    return rubric


def _shipped(package: Path) -> Path:
    """Return the data inside the installed package, or that of the checkout it runs from."""
    places = (package / "_rubric", package.parent.parent / "rubric")
    for place in places:
        if (place / HEADER).is_file():
            return place
    raise RubricError(
        "the rubric files are missing from this installation; reinstall pytest-mltestscore "
        f"(looked in {' and '.join(str(p) for p in places)})"
    )


def _folder(source: str | Path, known: Mapping[str, Path]) -> Path:
    path = Path(source)
    mend = f"known rubrics: {', '.join(known)}; or give a folder that holds a {HEADER}"
    try:
        if source != "" and (path / HEADER).is_file():
            return path
        if path.name == HEADER and path.is_file():
            return path.parent
        is_path = isinstance(source, Path) or (source != "" and path.exists())
    except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
        is_path = False
    if is_path or "/" in str(source) or path.suffix == ".toml":
        raise RubricError(f"no {HEADER} found at {_shown(path)}; {mend}")
    closest = nearest(str(source), known)
    hint = f"did you mean {closest!r}? " if closest else ""
    raise RubricError(f"unknown rubric {shown(source)}; {hint}{mend}")


def _shown(path: Path) -> str:
    return clean_line(str(path), limit=200)
