"""What collection found: tests to run and tests left out, with their tags.

Under xdist only the workers collect. Each writes its finding to a file for the controller, since
what a worker sends at its end is lost when it dies. Only where there is no such file, as on another
machine, is it sent at the end.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ..domain.tags import item_of
from .selection import SILENT, who_deselected
from .tags import MARKER, TAGS, Tagger


class Collected(msgspec.Struct, kw_only=True):
    """The finding of one process."""

    selected: dict[str, tuple[str, ...]] = {}
    """Node id to tags, in the order of the run; untagged tests have none."""
    left_out: dict[str, dict[str, tuple[str, ...]]] = {}
    """The same for tests that were left out, by the module that did it."""
    renamed: dict[str, str] = {}
    """Node id as xdist's loadgroup mode alters it, to the node id as it was."""
    errors: list[str] = []
    unused_tags: tuple[str, ...] = ()
    of_others: list[str] = []
    """Node ids of selected tests that serve nothing but systems that are not to be scored."""
    fault: str = ""
    """What went wrong in our own code, empty for nothing."""


class CollectionReader:
    """Reads tags while pytest collects, before anything is deselected."""

    def __init__(self, tagger: Tagger, tag_sections: dict[str, str] | None = None) -> None:
        self._tagger = tagger
        # Item id to section id, if `-m` selects by section.
        self._tag_sections = tag_sections
        self._left_out: dict[str, dict[str, tuple[str, ...]]] = {}
        self._seen: list[pytest.Item] = []
        self._fault = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note all tests; if `-m` selects by section, mark them before it looks at them."""
        self._seen = list(items)
        if self._tag_sections is not None:
            for item in items:
                add_section_markers(item, self.tags_of(item), self._tag_sections)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Note tests that were left out."""
        left_out = self._left_out.setdefault(who_deselected(), {})
        for item in items:
            left_out[_without_group(item)] = self.tags_of(item)

    def finish(self, session: pytest.Session) -> Collected:
        """Return what was found, once the selection is final."""
        found = Collected(left_out=self._left_out, errors=self._tagger.errors)
        for item in session.items:
            first = _without_group(item)
            # Read anew, now that every conftest has had its turn.
            found.selected[first] = item.stash[TAGS] = self.tags_of(item)
            if not (item.stash[TAGS] or self._fault) and self._tagger.serves_others(item):
                found.of_others.append(first)
            if first != item.nodeid:
                found.renamed[item.nodeid] = first
        if self._seen != session.items:
            self._find_silently_left_out(found)
        self._seen = []
        found.unused_tags = self._tagger.unused_patterns()
        found.fault = self._fault
        return found

    def _find_silently_left_out(self, found: Collected) -> None:
        deselected = {nodeid for tests in self._left_out.values() for nodeid in tests}
        accounted = deselected | found.selected.keys()
        silent = [item for item in self._seen if _without_group(item) not in accounted]
        if silent:
            found.left_out[SILENT] = {_without_group(item): self.tags_of(item) for item in silent}

    def tags_of(self, item: pytest.Item) -> tuple[str, ...]:
        """Return the tags of a test; none, if our code fails at it."""
        try:
            return self._tagger.tags_of(item)
        except Exception as error:  # noqa: BLE001 - no fault of ours may keep tests from running
            self._fault = self._fault or f"{type(error).__name__}: {error}"
            return ()


def _without_group(item: pytest.Item) -> str:
    """Return the node id as it was before loadgroup mode put the group behind an `@`.

    Some versions of xdist do that before our turn and some after it.
    """
    if "@" not in item.nodeid or item.parent is None:
        return item.nodeid
    plain = f"{item.parent.nodeid}::{item.name}"
    return plain if item.nodeid.startswith(f"{plain}@") else item.nodeid


def add_section_markers(item: pytest.Item, tags: tuple[str, ...], sections: dict[str, str]) -> None:
    """Mark a test with `mlscore` and `mlscore_<section>`, so that `-m` can select it."""
    items = dict.fromkeys(map(item_of, tags))
    for section in sorted({sections[served] for served in items}):
        item.add_marker(f"{MARKER}_{section}")
    if tags and item.get_closest_marker(MARKER) is None:  # tagged by the configuration
        item.add_marker(pytest.mark.mlscore(*items))


def save(collected: Collected, folder: str, worker: str) -> bool:
    """Write the finding of a worker where the controller looks for it, if that can be done."""
    try:
        _path(folder, worker).write_bytes(encode(collected))
    except (OSError, ValueError):
        return False
    return True


def load(folder: str, worker: str) -> Collected | None:
    """Read the finding of a worker; None if it left none, as one on another machine does."""
    try:
        return decode(_path(folder, worker).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


def encode(collected: Collected) -> bytes:
    """Return a finding as it travels."""
    return msgspec.json.encode(collected)


def decode(data: bytes) -> Collected:
    """Return what `encode` was given."""
    return msgspec.json.decode(data, type=Collected)


def _path(folder: str, worker: str) -> Path:
    return Path(folder, f"{worker}.json")
