"""Training in a process of its own, and what is brought back of the model: a digest and arrays.

The model itself never comes back. The process that trains reads it and writes arrays, which are
loaded without pickle. What the training process unpickles is the job that this one wrote for it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import itertools
import json
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._parameters import parameters_of
from .._processes import run_program, words

_CHILD = "import sys; from {} import main; main(sys.argv[1])"


class Trained(NamedTuple):
    """What one training left."""

    digest: str
    """SHA-256 of the artifact; empty if there is none."""
    parameters: dict[str, np.ndarray] | None
    predictions: np.ndarray | None
    seconds: float


def outputs(model: Any, X: Any) -> np.ndarray:
    """Return the finest answers that a model gives: probabilities, else scores, else labels."""
    for name in ("predict_proba", "decision_function", "predict"):
        function = getattr(model, name, None)
        if function is not None:
            break
    else:
        function = model
    answers = np.asarray(function(X))
    return answers.astype(str) if answers.dtype.hasobject else answers


def train_by_function(
    train: Callable[[], Any], rows: Any, folder: Path, env: Mapping[str, str], timeout_s: float
) -> Trained:
    """Call a function in a new process of this Python.

    Raises
    ------
    InputError
        If the function cannot be sent there, raises there, or is not done in time.
    """
    (folder / "job.pickle").write_bytes(_pickled(train, rows))
    module = _module_of(train)
    job = {"path": sys.path, "module": module, "file": _file_of(module)}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-c", _CHILD.format(__name__), str(folder)]
    # The child must find this package before it has read where the others are.
    paths = {"PYTHONPATH": os.pathsep.join(p or os.curdir for p in sys.path)}
    finished = run_program(command, timeout_s=timeout_s, argument="train", env={**paths, **env})
    result = folder / "result.json"
    if finished.trouble or not result.is_file():
        raise InputError("train", f"ended early, {finished.trouble or 'without a result'}")
    said = json.loads(result.read_text(encoding="utf-8"))
    if "error" in said:
        raise InputError(said["argument"], said["error"])
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        found = {name: arrays[f"p{n}"] for n, name in enumerate(said["names"])}
        predictions = arrays["predictions"] if rows is not None else None
    return Trained(said["digest"], found, predictions, finished.seconds)


def train_by_command(
    command: Sequence[str],
    rows: Any,
    folder: Path,
    env: Mapping[str, str],
    timeout_s: float,
    load_model: Callable[[Path], Any] | None,
) -> Trained:
    """Run a command that writes its artifact, a file or a folder, at `{output}`.

    Raises
    ------
    InputError
        If it fails, is not done in time or leaves no artifact.
    """
    artifact = folder / "artifact"
    filled = [word.replace("{output}", str(artifact)) for word in words(command, "train")]
    finished = run_program(filled, timeout_s=timeout_s, argument="train", env=env)
    if finished.trouble:
        raise InputError("train", f"failed with {finished.trouble}")
    if not artifact.exists():
        raise InputError("train", "left nothing at {output}; let it write its artifact there")
    digest = _digest_of(artifact)
    if load_model is None:
        return Trained(digest, None, None, finished.seconds)
    model = load_model(artifact)
    predictions = None if rows is None else outputs(model, rows)
    return Trained(digest, parameters_of(model), predictions, finished.seconds)


def _digest_of(artifact: Path) -> str:
    """Return a digest of a file, or of the names and contents in a folder."""
    digest = hashlib.sha256()
    files = [artifact] if artifact.is_file() else sorted(artifact.rglob("*"))
    for path in files:
        digest.update(f"{path.relative_to(artifact).as_posix()}\0".encode())
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _pickled(train: Callable[[], Any], rows: Any) -> bytes:
    try:
        return pickle.dumps((train, rows))
    except Exception as error:
        problem = f"cannot be sent to a new process ({error})"
        mend = "give a function of a module, functools.partial of one, or a command"
        raise InputError("train", f"{problem}; {mend}") from error


def _module_of(train: Callable[[], Any]) -> str:
    while isinstance(train, functools.partial):
        train = train.func
    return getattr(train, "__module__", None) or type(train).__module__


def _file_of(module: str) -> str | None:
    """Where a module is, for a child that cannot import it by name, as one of pytest's."""
    return getattr(sys.modules.get(module), "__file__", None)


def main(folder: str) -> None:
    """Do the job in a folder. Runs in the new process, whose ends are results too."""
    place = Path(folder)
    try:
        said = _train(place)
    except InputError as error:
        problem = str(error).removeprefix(f"{error.argument}: ")
        said = {"argument": error.argument, "error": problem}
    (place / "result.json").write_text(json.dumps(said), encoding="utf-8")


def _train(folder: Path) -> dict[str, Any]:
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    sys.path[:] = job["path"]
    _provide(job["module"], job["file"])
    # Written for this process by the one that started it, in a folder that it just made.
    train, rows = pickle.loads((folder / "job.pickle").read_bytes())  # noqa: S301 - see above
    model = _called("train", train)
    arrays = parameters_of(model)
    stored = {f"p{n}": array for n, array in enumerate(arrays.values())}
    if rows is not None:
        stored["predictions"] = _called("rows", lambda: outputs(model, rows))
    with (folder / "arrays.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **stored)
    return {"digest": _digest(model), "names": list(arrays)}


def _called(argument: str, function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        what = "raised" if argument == "train" else "cannot be predicted by the model:"
        raise InputError(argument, f"{what} {type(error).__name__}: {error} ({where})") from error


def _digest(model: Any) -> str:
    try:
        return hashlib.sha256(pickle.dumps(model, protocol=5)).hexdigest()
    except Exception:  # noqa: BLE001 - a model that cannot be pickled has no artifact
        return ""


def _provide(module: str, file: str | None) -> None:
    """Make a module importable by its name, from its file where the name is not enough."""
    if module != "__main__":
        try:
            importlib.import_module(module)
        except ImportError:
            if file is None:
                raise
        else:
            return
    # As multiprocessing does it: under another name the main part of a script is not run again.
    name = "__mp_main__" if module == "__main__" else module
    spec = importlib.util.spec_from_file_location(name, file or "")
    if spec is None or spec.loader is None:
        raise InputError("train", f"its module {module} has no file; give a function of a module")
    loaded = importlib.util.module_from_spec(spec)
    # Folders that are no packages here: pickle asks for them by name before it looks into them.
    for parent in itertools.accumulate(name.split(".")[:-1], "{}.{}".format):
        sys.modules.setdefault(parent, ModuleType(parent))
    sys.modules[name] = sys.modules[module] = loaded
    spec.loader.exec_module(loaded)
