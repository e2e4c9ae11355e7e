"""How a store grows: what it costs to list, to score from and to tell the history of.

    python benchmarks/store.py                     # 1,000, 10,000 and 100,000 records; an hour
    python benchmarks/store.py --sizes 1000        # a look

All records are of one system and of the last 90 days, the hardest case: hourly monitor tests,
merges on many branches, nightly data tests. They are made up from a few that were really scored,
and put into a folder, into SQLite, into a PostgreSQL server and into moto's S3, which are started
for it. A store grows from one size to the next, the bucket to 10,000 records, since moto keeps all
of it in memory and answers slowly then.

Seconds are medians; peaks of memory are of one more call, traced. The requests are those that the
bucket gets. moto answers from one process in Python, so the seconds of the bucket are its own.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import io
import os
import random
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from msgspec.structs import replace
from published import made_by, publish, table

from pytest_mltestscore import catalog
from pytest_mltestscore.cli import main as mlscore
from pytest_mltestscore.domain.evidence import Measurement, TestEvidence
from pytest_mltestscore.domain.record import CI, Generator, Policy, Record, Run
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.scoring.card import Evidence, scorecard
from pytest_mltestscore.store import Store, open_store
from pytest_mltestscore.store._backend import Sent
from pytest_mltestscore.store._entry import describe

SYSTEM = "churn"
DAYS = 90
SIZES = (1_000, 10_000, 100_000)
LARGEST = {"s3": 10_000}
"""Size to which a store grows, if not to all."""
GOLDEN = 0.6180339887498949
"""Its multiples, without what is before the point, fill a span evenly from the first few on."""

SHARES = {"monitor": 0.5, "model": 0.25, "infra": 0.2, "data": 0.05}
"""What part of all runs looks at which section."""
TESTS_AN_ITEM = 3
BATCH = 500

SETTINGS = f"""
system = "{SYSTEM}"
[policy]
commits = "any"  # those that are made up are in nobody's history
max_age_days = {{ default = 30 }}
"""


# Records


def template(section: str) -> Record:
    """Score a run of the tests of one section, with marks where each run has its own facts."""
    rubric = catalog.load()
    tests = {
        item.id: [
            TestEvidence(
                nodeid=f"tests/{section}/test_{item.name}.py::test_it[{n}]",
                outcome="passed",
                duration_s=0.25,
                measurements=(Measurement(name="share", value=0.25 * n, limit="<= 1"),),
            )
            for n in range(TESTS_AN_ITEM)
        ]
        for item in rubric.items
        if item.section == section
    }
    return scorecard(
        rubric=rubric,
        evidence=Evidence(tests=tests),
        policy=Policy(),
        config={},
        run=Run(
            id="@run@",
            started_at="@started_at@",
            duration_s=12.5,
            commit="@commit@",
            dirty=False,
            branch="@branch@",
            ci=CI(provider="GitHub Actions"),
            selected=sum(map(len, tests.values())),
            complete=True,
            incomplete_reasons=(),
            versions={"python": "3.12.1"},
            collected=(f"tests/{section}",),
        ),
        system=SYSTEM,
        today=dt.date(2026, 1, 1),
        generator=Generator(name="pytest-mltestscore", version="0.1.0"),
    )


def records(numbers: Iterable[int], until: dt.datetime) -> Iterator[Sent]:
    """Yield the records of runs, each what `append` would store of it."""
    templates = {section: template(section) for section in SHARES}
    texts = {section: render(record).encode() for section, record in templates.items()}
    for number in numbers:
        chance = random.Random(number)
        section = chance.choices(list(SHARES), list(SHARES.values()))[0]
        age = dt.timedelta(days=DAYS) * (number * GOLDEN % 1)
        began = until - dt.timedelta(minutes=1) - age
        feature = section in ("model", "infra") and chance.random() < 0.6
        facts = {
            "id": f"{number:032x}",
            "started_at": began.isoformat(timespec="seconds"),
            "commit": hashlib.sha1(f"{began:%F}{number % 20}".encode()).hexdigest(),
            "branch": f"feature/{number % 40}" if feature else "main",
        }
        record = templates[section]
        record = replace(record, run=replace(record.run, **facts))
        content = texts[section].replace(b"@run@", facts["id"].encode())
        for name in ("started_at", "commit", "branch"):
            content = content.replace(f"@{name}@".encode(), facts[name].encode())
        yield Sent(describe(content, record), content, record)


# Places


def fill_folder(url: str, sent: Iterable[Sent]) -> None:
    """Write files where `append` does, without seeing each onto the disk."""
    for one in sent:
        path = Path(url, one.entry.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.content)


def fill_database(url: str, sent: Iterable[Sent]) -> None:
    """Insert the rows that `append` does, many in a transaction."""
    from sqlalchemy import text

    from pytest_mltestscore.store._opening import open_backend
    from pytest_mltestscore.store._tables import (
        ITEM,
        RECORD,
        RUN,
        SECTION,
        item_rows,
        packed,
        run_row,
        section_rows,
    )

    database: Any = open_backend(url)
    for some in in_batches(sent):
        with database._writing() as connection:
            insert = RUN.insert().returning(RUN.c.id, sort_by_parameter_order=True)
            ids = connection.execute(insert, [run_row(one) for one in some]).scalars().all()
            pairs = list(zip(some, ids, strict=True))
            for rows_of, into in ((section_rows, SECTION), (item_rows, ITEM)):
                connection.execute(into.insert(), [r for p in pairs for r in rows_of(*p)])
            contents = [{"run_id": id_, "content": packed(one.content)} for one, id_ in pairs]
            connection.execute(RECORD.insert(), contents)
    with database._writing() as connection:  # as a server does by itself, from time to time
        connection.execute(text("ANALYZE"))


def fill_bucket(url: str, sent: Iterable[Sent]) -> None:
    """Put objects, several at a time."""
    import boto3

    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    bucket, _, prefix = url.removeprefix("s3://").partition("/")

    def put(one: Sent) -> None:
        client.put_object(Bucket=bucket, Key=f"{prefix}/{one.entry.key}", Body=one.content)

    with ThreadPoolExecutor(4) as pool:
        for some in in_batches(sent):
            list(pool.map(put, some))


def in_batches(sent: Iterable[Sent]) -> Iterator[list[Sent]]:
    """Yield a few at a time, so that not all of them are in memory."""
    rest = iter(sent)
    while some := list(islice(rest, BATCH)):
        yield some


Fill = Callable[[str, Iterable[Sent]], None]


class Place(NamedTuple):
    """A kind of store, and where one is."""

    name: str
    url: str
    fill: Fill


@contextlib.contextmanager
def places(wanted: Sequence[str]) -> Iterator[list[Place]]:
    """Yield an empty store of each kind, as far as the machine has what it needs."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))  # servers that tests start as well
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mlscore-bench-")))
        yield [Place(kind, *_KINDS[kind](stack, folder)) for kind in wanted]


def _folder(_: contextlib.ExitStack, folder: Path) -> tuple[str, Fill]:
    return str(folder / "scores"), fill_folder


def _sqlite(_: contextlib.ExitStack, folder: Path) -> tuple[str, Fill]:
    return f"sqlite:///{folder}/scores.db", fill_database


def _postgresql(stack: contextlib.ExitStack, _: Path) -> tuple[str, Fill]:
    import postgresql_server

    programs = sorted(Path("/").glob(postgresql_server.PROGRAMS.lstrip("/")))
    if not programs:
        sys.exit("PostgreSQL is missing: install the Debian package postgresql, or leave it out")
    return stack.enter_context(postgresql_server.running(programs[-1])), fill_database


def _bucket(stack: contextlib.ExitStack, _: Path) -> tuple[str, Fill]:
    import s3_server

    os.environ |= stack.enter_context(s3_server.running())
    s3_server.make_bucket()
    return f"s3://{s3_server.BUCKET}/scores", fill_bucket


_KINDS = {"folder": _folder, "sqlite": _sqlite, "postgresql": _postgresql, "s3": _bucket}


# Calls


def list_days(url: str, days: int, until: dt.datetime) -> str:
    """List what one system has in a window, and say how much that is."""
    with open_store(url) as store:
        found = store.entries(SYSTEM, since=until - dt.timedelta(days=days))
    assert not found.skipped
    return f"{len(found.entries):,} entries"


def score_from_store(url: str) -> str:
    """Gate a deployment by what is in the store."""
    with tempfile.TemporaryDirectory(prefix="mlscore-bench-") as folder:
        Path(folder, "mlscore.toml").write_text(SETTINGS, encoding="utf-8")
        with contextlib.chdir(folder):
            return _said("gate", "--store", url, "--fail-under=0")


def history(url: str) -> str:
    """Show the history of the system."""
    return _said("history", "--store", url, "--system", SYSTEM)


def fleet(url: str) -> str:
    """Make the page over all systems, of which there is one here."""
    with tempfile.TemporaryDirectory(prefix="mlscore-bench-") as folder:
        page = Path(folder, "fleet.html")
        with contextlib.redirect_stderr(io.StringIO()):
            code = mlscore(["fleet", url, "-o", str(page)])
        if code:
            sys.exit(f"mlscore fleet refused, with exit code {code}")
        return f"{page.stat().st_size / 1000:,.0f} kB"


def _said(*arguments: str) -> str:
    """Return the last line of what a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = mlscore(list(arguments))
    lines = out.getvalue().splitlines()
    if code == 2 or not lines:
        sys.exit(f"mlscore {arguments[0]} refused, with exit code {code}")
    return lines[-1].strip().replace("|", "/")


def calls(until: dt.datetime) -> Mapping[str, Callable[[str], str | None]]:
    """Return what is measured, by name."""
    return {
        "list 7 days": lambda url: list_days(url, 7, until),
        f"list {DAYS} days": lambda url: list_days(url, DAYS, until),
        "score from the store": score_from_store,
        "mlscore history": history,
        "mlscore fleet": fleet,
    }


# Measuring


class Requests:
    """Counts what a bucket is asked for, whichever library asks."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Requests:
        try:
            from aiobotocore.client import AioBaseClient
        except ImportError:
            return self
        self._client, self._original = AioBaseClient, AioBaseClient._make_api_call
        original, counts = self._original, self.counts

        async def counted(client: Any, operation: str, parameters: Any) -> Any:
            counts[operation] += 1
            return await original(client, operation, parameters)

        AioBaseClient._make_api_call = counted
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_client"):
            self._client._make_api_call = self._original

    def __str__(self) -> str:
        listings = sum(n for name, n in self.counts.items() if name.startswith("List"))
        return f"{listings} LIST, {self.counts.total() - listings} other" if self.counts else ""


class Measured(NamedTuple):
    """What a call costs."""

    seconds: float
    peak_mb: float
    requests: str
    found: str


def measured(call: Callable[[], str | None], rounds: int) -> Measured | None:
    """Make a call again and again; None where there is no such command yet."""
    with Requests() as requests:
        found = call()
    if found is None:
        return None
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return Measured(median(taken), peak, str(requests), found)


def report(sizes: Sequence[int], wanted: Sequence[str], rounds: int) -> Iterator[str]:
    """Yield the whole report, line by line, as it is measured."""
    yield from ("# What a store costs as it grows", "")
    packages = {"folder": [], "sqlite": ["sqlalchemy"], "postgresql": ["sqlalchemy", "psycopg"]}
    used = {name for kind in wanted for name in packages.get(kind, ["s3fs", "moto"])}
    yield made_by("store.py", "pytest-mltestscore", *sorted(used))
    yield f"{DAYS} days of one system. {rounds} rounds."
    until = dt.datetime.now(dt.UTC).replace(microsecond=0)
    sizes = sorted(sizes)
    fewest = f"over {sizes[0]:,}"
    columns = ("call", "store", "seconds, median", fewest, "MB, peak", "requests", "found")
    first: dict[tuple[str, str], float] = {}
    with places(wanted) as found:
        for before, size in zip([0, *sizes], sizes, strict=False):
            growing = [p for p in found if size <= LARGEST.get(p.name, size)]
            grow(growing, range(before, size), until)
            measured_rows = rows(growing, until, rounds, first)
            yield from table(f"{size:,} records", *columns, rows=measured_rows)


def rows(
    found: Sequence[Place], until: dt.datetime, rounds: int, first: dict[tuple[str, str], float]
) -> Iterator[str]:
    """Yield a row for each call of each store; `first` keeps the seconds of the first size."""
    for name, call in calls(until).items():
        for place in found:
            one = measured(lambda c=call, p=place: c(p.url), rounds)
            if one is not None:
                growth = one.seconds / first.setdefault((name, place.name), one.seconds)
                figures = f"{one.seconds:.3f} | {growth:.1f} | {one.peak_mb:.1f}"
                yield f"| {name} | {place.name} | {figures} | {one.requests} | {one.found} |"


def grow(found: Iterable[Place], numbers: range, until: dt.datetime) -> None:
    """Put the records of these numbers into every store, the first one by the store itself."""
    for place in found:
        first, rest = numbers[:1], numbers[1:]
        with open_store(place.url) as store:
            _append(store, records(first, until))
        place.fill(place.url, records(rest, until))


def _append(store: Store, sent: Iterable[Sent]) -> None:
    for one in sent:
        assert store.append(one.content) == one.entry, "what is made up is what would be stored"


def main() -> None:
    """Measure and print; with --output, keep the figures in a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--stores", nargs="+", choices=tuple(_KINDS), default=tuple(_KINDS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    publish(report(given.sizes, given.stores, given.rounds), given.output)


if __name__ == "__main__":
    main()
