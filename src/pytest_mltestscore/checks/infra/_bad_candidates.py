"""Bad models made of a good one, for gates to veto. They answer in its form, and wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Spoil: TypeAlias = Callable[[np.ndarray, np.ndarray | None], np.ndarray]
"""Takes answers, shape (n_rows,) or (n_rows, n_classes), and for labels all classes."""

CONSTANT = "the same answer for all"
_METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function")
SHARES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
"""Shares of the answers that are mixed up, from a candidate slightly worse to a useless one."""


class Spoiled:
    """A stand-in for a model: its methods that predict are spoiled, the rest is as it was.

    Answers are spoiled batch by batch, so a gate that asks row by row sees less of it.
    """

    def __init__(self, model: Any, spoil: Spoil) -> None:
        self._model = model
        self._spoil = spoil

    def __getattr__(self, name: str) -> Any:
        # Copying and pickling ask for methods of the stand-in itself, before it has a model.
        own = name in ("_model", "_spoil") or name.startswith("__")
        if own and not name.startswith("__sklearn"):
            raise AttributeError(name)
        value = getattr(self._model, name)
        return self._spoiled(value, name) if name in _METHODS else value

    def __call__(self, X: Any) -> np.ndarray:
        return self._spoiled(self._model, "")(X)

    def _spoiled(self, function: Callable[[Any], Any], name: str) -> Callable[[Any], np.ndarray]:
        classes = getattr(self._model, "classes_", None) if name in ("predict", "") else None

        def answer(X: Any) -> np.ndarray:
            return self._spoil(np.asarray(function(X)), classes)

        answer.__name__ = name or "answer"  # scorers of scikit-learn ask for methods by name
        return answer


def unspoiled(answers: np.ndarray, _: np.ndarray | None) -> np.ndarray:
    """Leave answers as they are: for the good model, which has to come as a stand-in too.

    A gate that chokes on stand-ins would else bless it, and veto all others for that.
    """
    return answers


def known_bad() -> dict[str, Spoil]:
    """Return models that no gate may let pass, by name."""
    return {
        CONSTANT: constant,
        "upside down": upside_down,
        "not a number": not_a_number,
        "raises an error": raises,
    }


def mixed_up(share: float, seed: int) -> Spoil:
    """Mix up the answers to a share of the rows among themselves; all the rest is as it was.

    Labels and probabilities are mixed alike, and the answers as a whole stay the same.
    """

    def spoil(answers: np.ndarray, _: np.ndarray | None) -> np.ndarray:
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(answers))[: round(len(answers) * share)]
        answers = answers.copy()
        answers[chosen] = answers[rng.permutation(chosen)]
        return answers

    return spoil


def constant(answers: np.ndarray, _: np.ndarray | None) -> np.ndarray:
    """Give every row the mean answer, or the most frequent one of labels."""
    if len(answers) and answers.dtype.kind == "f":
        return np.broadcast_to(answers.mean(axis=0), answers.shape).copy()
    values, counts = np.unique(answers, return_counts=True)
    return np.full_like(answers, values[counts.argmax()]) if len(answers) else answers


def upside_down(answers: np.ndarray, classes: np.ndarray | None) -> np.ndarray:
    """Say each class for the one after it; turn numbers round their mean."""
    if answers.ndim == 2:
        return np.roll(answers, 1, axis=1)
    if classes is None and answers.dtype.kind == "f":
        return 2 * answers.mean() - answers if len(answers) else answers
    known = np.unique(answers) if classes is None else np.asarray(classes)
    return known[(np.searchsorted(known, answers) + 1) % len(known)]


def not_a_number(answers: np.ndarray, classes: np.ndarray | None) -> np.ndarray:
    """Answer NaN; where labels are asked for, the first class, as `argmax` of NaN does."""
    if answers.dtype.kind == "f":
        return np.full_like(answers, np.nan)
    known = np.unique(answers) if classes is None else np.asarray(classes)
    return np.full_like(answers, known[0]) if len(known) else answers


def raises(_: np.ndarray, __: np.ndarray | None) -> np.ndarray:
    """Fail as a model does whose file does not fit the library."""
    raise RuntimeError("this candidate cannot predict (put in by the check of the gate)")
