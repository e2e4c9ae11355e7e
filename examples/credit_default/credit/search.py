"""The search for hyperparameters, and the trials that it leaves as evidence.

python -m credit.search
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from scipy.stats import loguniform, randint
from sklearn.model_selection import RandomizedSearchCV

from credit import data, model
from credit.features import FEATURES
from credit.pipeline import table

TRIALS = Path(__file__).parent.parent / "evidence" / "search.csv"
SPACE = {
    "learning_rate": loguniform(0.01, 0.3),
    "max_iter": randint(30, 300),
    "max_leaf_nodes": randint(3, 40),
    "min_samples_leaf": randint(10, 300),
}


def search(trials: int = 40) -> pl.DataFrame:
    """Try models on the training part, each in three folds, and return all trials."""
    rows = table(data.split(data.load()).train)
    found = RandomizedSearchCV(
        model.specify(), SPACE, n_iter=trials, scoring="roc_auc", cv=3, random_state=0
    ).fit(rows.select(list(FEATURES)), rows[data.LABEL])
    wanted = [*(f"param_{name}" for name in SPACE), "mean_test_score", "std_test_score"]
    results = {name: [float(v) for v in found.cv_results_[name]] for name in wanted}
    return pl.DataFrame(results)


def main() -> None:
    """Search, and keep the trials."""
    trials = search()
    TRIALS.parent.mkdir(exist_ok=True)
    trials.write_csv(TRIALS, float_precision=9)
    print(trials.sort("mean_test_score", descending=True).head(5))


if __name__ == "__main__":
    main()
