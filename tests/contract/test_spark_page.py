"""Tables of Spark are scored, and proved by a sample, as `spark.md` shows."""

from __future__ import annotations

import inner_runs
import needs
from pages import ROOT, blocks, write_files


def test_tables_are_scored_and_a_sample_is_proved(tmp_path):
    needs.optional("pyspark")
    write_files(blocks(ROOT / "docs" / "how-to" / "spark.md"), tmp_path)
    assert "2 auto" in inner_runs.score(tmp_path).out
    proved = inner_runs.score(tmp_path, "test_trips_or_a_sample.py", "--mlscore-prove")
    assert "Proof:   1 of 1 automated item seen to fail" in proved.out
