"""The part that runs on xdist workers: read tags, attach evidence to reports, report nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from . import collection
from .collection import CollectionReader

FOLDER_KEY = "mlscore_folder"


class WorkerPlugin:
    """Hands what a worker collected to the controller, before the controller hears of it."""

    def __init__(self, reader: CollectionReader, workerinput: dict[str, Any]) -> None:
        self._reader = reader
        self._folder: str = workerinput.get(FOLDER_KEY, "")
        self._worker: str = workerinput["workerid"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write the finding to the controller's folder, if that is on this machine."""
        found = self._reader.finish(session)
        if self._folder and Path(self._folder).is_dir():
            collection.save(found, Path(self._folder), self._worker)
