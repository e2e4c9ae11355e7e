"""Trainings for `cases/infra/reproducible_training.py`; few imports, since processes start anew."""

from __future__ import annotations

import numpy as np

FEATURES = 4


def least_squares(
    *, seed: int, noise: float = 0.0, unseeded_share: float = 0.0, words: tuple[str, ...] = ()
) -> dict[str, np.ndarray]:
    """Fit a linear model to 200 rows, with a fault where one is asked for.

    Parameters
    ----------
    noise
        Relative size of what is added to the coefficients, unseeded.
    unseeded_share
        Share of the rows that is left out, drawn without a seed.
    words
        Categories whose order in a set decides the numbers that stand for them.
    """
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(200, FEATURES))
    if words:
        codes = {word: code for code, word in enumerate(set(words))}
        rows[:, 0] = [codes[words[place % len(words)]] for place in range(len(rows))]
    y = rows @ np.arange(1.0, FEATURES + 1) + rng.normal(size=len(rows))
    unseeded = np.random.default_rng()
    kept = np.sort(unseeded.permutation(len(rows))[: round(len(rows) * (1 - unseeded_share))])
    coefficients = np.linalg.lstsq(rows[kept], y[kept], rcond=None)[0]
    return {"coefficients": coefficients * (1 + noise * unseeded.normal(size=FEATURES))}
