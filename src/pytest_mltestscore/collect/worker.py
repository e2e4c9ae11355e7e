"""The part that runs on xdist workers: read tags, attach evidence to reports, report nothing."""

from __future__ import annotations

from typing import Any

import pytest

from . import collection
from .collection import CollectionReader
from .tags import TAGS

FOLDER_KEY = "mlscore_folder"
FINDING_KEY = "mlscore_collected"


class WorkerPlugin:
    """Hands what a worker collected to the controller, before the controller hears of it."""

    def __init__(self, reader: CollectionReader, workerinput: dict[str, Any]) -> None:
        self._reader = reader
        self._folder: str = workerinput.get(FOLDER_KEY, "")
        self._worker: str = workerinput["workerid"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write the finding to the controller's folder, or keep it until this worker ends."""
        found = self._reader.finish(session)
        if not self._folder or not collection.save(found, self._folder, self._worker):
            session.config.workeroutput[FINDING_KEY] = collection.encode(found)  # type: ignore[attr-defined]
            for item in session.items:  # so that the tags of each travel with its reports
                item.stash[TAGS] = ()
