"""Kill writers of stores of every kind, and check that what is then served is whole.

    python tools/kill_writers.py                    # 200 rounds for each kind, some minutes
    python tools/kill_writers.py --rounds 1000 --seed 7 --kind sqlite

Needs the extra `dev`, and PostgreSQL's server (Debian: postgresql). Each round kills (SIGKILL) a
process that appends records, of which every third is of two megabytes, at a random moment. All
that it said to have stored must be served, byte for byte, and nothing else but the one record that
it was about to speak of.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

import postgresql_server  # noqa: E402 - found by the line above
import s3_server  # noqa: E402

KINDS = ("folder", "sqlite", "postgresql", "s3")


@contextmanager
def place(kind: str) -> Iterator[str]:
    """Yield the URL of an empty store."""
    if kind == "postgresql":
        programs = sorted(Path("/").glob(postgresql_server.PROGRAMS.lstrip("/")))
        if not programs:
            sys.exit("needs PostgreSQL's server: apt-get install postgresql")
        with postgresql_server.running(programs[-1]) as url:
            yield url
    elif kind == "s3":
        with s3_server.running() as environment:
            os.environ.update(environment)
            s3_server.make_bucket()
            yield f"s3://{s3_server.BUCKET}/kills"
    else:
        with tempfile.TemporaryDirectory(prefix="mlscore-kills-") as folder:
            yield f"sqlite:///{folder}/scores.db" if kind == "sqlite" else folder


def main() -> int:
    """Run the rounds for each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200, help="how often to kill (200)")
    parser.add_argument("--seed", type=int, default=None, help="repeat the same moments")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this; repeatable")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    failed = []
    for kind in options.kind or KINDS:
        print(f"{kind}: ", end="", flush=True)
        with place(kind) as url:
            command = [sys.executable, TESTS / "store_writers.py", "kill", url]
            if subprocess.run([*command, str(options.rounds), str(seed)], check=False).returncode:
                failed.append(kind)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
