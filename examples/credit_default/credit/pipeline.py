"""From the data to a version that serves, and the log of what it answered.

python -m credit.pipeline FOLDER
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from credit import data, features, gate, model
from credit.registry import Registry
from credit.serve import Service

FIRST: dict[str, Any] = {"max_iter": 20, "max_leaf_nodes": 4}
"""What version 1 differed in."""
BATCH = 500


def table(clients: pl.DataFrame) -> pl.DataFrame:
    """Return features and label, with client and groups beside them."""
    return features.build(clients).with_columns(clients["client", *data.GROUPS, data.LABEL])


def run(folder: Path) -> Registry:
    """Make both versions, promote what the gate blesses, and serve the clients of the last part."""
    parts = data.split(data.load())
    rows, judged = table(parts.train), table(parts.holdout)
    registry = Registry(folder / "models")
    for version, changes in (("1", FIRST), ("2", {})):
        made = model.train(rows, **changes)
        incumbent = registry.load(registry.serving) if registry.promotions else None
        about = {
            "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "rows": len(rows),
            "auc": gate.auc(made, judged),
            "blessed": gate.blesses(made, incumbent, judged),
        }
        registry.save(version, made, about)
        if about["blessed"]:
            registry.promote(version)
    serve(registry, parts.served, folder / "served.jsonl")
    return registry


def serve(registry: Registry, clients: pl.DataFrame, log: Path) -> None:
    """Let the serving version answer for clients, in batches, as requests would come."""
    service = Service(registry.folder, None, log)
    for batch in clients.iter_slices(BATCH):
        service.answer({"clients": batch.to_dicts()})


def main() -> None:
    """Run the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    registry = run(parser.parse_args().folder)
    for version in registry.promotions:
        print(f"version {version}: AUC {registry.about(version)['auc']:.4f}")
    print(f"version {registry.serving} serves")


if __name__ == "__main__":
    main()
