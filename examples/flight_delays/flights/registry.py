"""The model store: versions with their metadata, and one pointer to the version that serves.

A version is a folder that appears as a whole and is never changed. The pointer is one small file,
replaced in one step, so a server sees the version before or the version after and nothing else.
Artifacts are pickles: load them from this store only, where this program has written them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from flights.model import LateClassifier, late_probability

MODEL, METADATA, GOLDEN = "model.joblib", "metadata.json", "golden.json"
POINTER = "serving.json"
GOLDEN_TOLERANCE = 1e-9


class ArtifactError(RuntimeError):
    """A version that is not there, or that is not what it was when it was stored."""


class Registry:
    """The model store in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._versions = root / "versions"
        self._pointer = root / POINTER

    def versions(self) -> list[str]:
        """Return all stored versions, oldest first."""
        return sorted(p.name for p in self._versions.glob("*") if (p / METADATA).is_file())

    def folder(self, version: str) -> Path:
        """Return the folder of a version; raises if there is none."""
        folder = self._versions / version
        if Path(version).name != version or not (folder / METADATA).is_file():
            raise ArtifactError(f"no version {version!r}; there are {self.versions()}")
        return folder

    def metadata(self, version: str) -> dict[str, Any]:
        """Return what was written down about a version."""
        content: dict[str, Any] = json.loads((self.folder(version) / METADATA).read_text("utf-8"))
        return content

    def save(
        self,
        version: str,
        model: LateClassifier,
        metadata: dict[str, Any],
        golden: dict[str, list[Any]],
    ) -> Path:
        """Store a version with some feature rows whose predictions must never change."""
        self._versions.mkdir(parents=True, exist_ok=True)
        if (self._versions / version).exists():
            raise ArtifactError(f"version {version!r} exists already; versions are never changed")
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._versions))
        try:
            joblib.dump(model, draft / MODEL)
            known = late_probability(model, golden).tolist()
            _write_json(draft / GOLDEN, {"features": _without_nan(golden), "probabilities": known})
            digest = hashlib.sha256((draft / MODEL).read_bytes()).hexdigest()
            _write_json(draft / METADATA, {**metadata, "version": version, "sha256": digest})
            draft.rename(self._versions / version)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return self._versions / version

    def load(self, version: str) -> LateClassifier:
        """Load a version, if its bytes and its golden predictions are those it was stored with."""
        folder = self.folder(version)
        content = (folder / MODEL).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.metadata(version)["sha256"]:
            raise ArtifactError(f"{version}: {MODEL} is not the file that was stored")
        model: LateClassifier = joblib.load(folder / MODEL)
        golden = self.golden(version)
        found = late_probability(model, golden["features"])
        worst = float(np.max(np.abs(found - np.asarray(golden["probabilities"]))))
        if not worst <= GOLDEN_TOLERANCE:
            raise ArtifactError(f"{version}: golden predictions are off by {worst:.3g}")
        return model

    def golden(self, version: str) -> dict[str, Any]:
        """Return the rows of features whose predictions are known, and those predictions."""
        content: dict[str, Any] = json.loads((self.folder(version) / GOLDEN).read_text("utf-8"))
        features = {
            name: [np.nan if value is None else value for value in values]
            for name, values in content["features"].items()
        }
        return {"features": features, "probabilities": content["probabilities"]}

    def serving(self) -> str | None:
        """Return the version that serves, or None before the first promotion."""
        history = self.history()
        return history[-1]["version"] if history else None

    def history(self) -> list[dict[str, Any]]:
        """Return the promotions that lead to what serves now, oldest first."""
        try:
            content: list[dict[str, Any]] = json.loads(self._pointer.read_text("utf-8"))
        except FileNotFoundError:
            return []
        return content

    def promote(self, version: str) -> None:
        """Let a stored version serve; one that serves already goes on, and is not noted again."""
        self.folder(version)
        if version == self.serving():  # or the way back would lead to itself
            return
        entry = {"version": version, "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
        self._point([*self.history(), entry])

    def rollback(self) -> str:
        """Go back to the version that served before, and return it."""
        history = self.history()
        if len(history) < 2:
            raise ArtifactError("there is no earlier version to go back to")
        self.folder(history[-2]["version"])
        self._point(history[:-1])
        return str(history[-2]["version"])

    def _point(self, history: list[dict[str, Any]]) -> None:
        draft = self._pointer.with_name(f".{POINTER}.{os.getpid()}")
        _write_json(draft, history)
        draft.replace(self._pointer)


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _without_nan(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the columns with null for a missing number, since JSON has no NaN."""
    return {
        name: [None if isinstance(v, float) and math.isnan(v) else v for v in values]
        for name, values in columns.items()
    }
