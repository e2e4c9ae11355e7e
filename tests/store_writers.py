"""Many processes that append to one store at once, and some that are killed while they do.

    python tests/store_writers.py many URL PROCESSES EACH
    python tests/store_writers.py kill URL ROUNDS SEED

Run as a program of its own: it loads the libraries once and then forks, which only a process
without threads can do. Prints what went wrong, and ends with 1 if anything did.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pytest_mltestscore.store import Skipped, open_store
from store_records import content

EACH = 1000
"""More than a writer comes to before it is killed."""
NUMBER = struct.Struct("<I")
LARGE = "x" * 2_000_000
"""Makes a record that takes a while to write, so that many writers die in the midst of it."""


def sent(number: int) -> bytes:
    """Return a record; every third one is large."""
    return content(number, branch=LARGE if number % 3 == 0 else f"b{number}")


def forked(work: Callable[[], None]) -> int:
    """Do something in a process of its own, and return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, this process ends here
        traceback.print_exc()
    finally:
        os._exit(code)


def load(url: str) -> None:
    """Import what a store needs, so that its processes need not, and start no thread."""
    scheme = url.partition("://")[0]
    for name in {"s3": ["s3fs"], "postgresql": ["psycopg"]}.get(scheme, []):
        import_module(name)
    open_store(url).close()


def found(url: str) -> tuple[Counter[bytes], list[Skipped]]:
    """Return the contents of all records that a store serves, and what it passes over."""
    with open_store(url) as store:
        listing = store.entries()
        served: Counter[bytes] = Counter()
        skipped = list(listing.skipped)
        for each in store.read(listing.entries):
            if isinstance(each, Skipped):
                skipped.append(each)
            else:
                # The bytes, and not what was made of them: nothing may be lost or added.
                served[bytes(store._backend.get([each.entry.key])[each.entry.key])] += 1
    return served, skipped


def many(url: str, processes: int, each: int) -> list[str]:
    """Let processes append at the same moment, and say what is missing or wrong afterwards."""
    gate, opener = os.pipe()

    def work(first: int) -> Callable[[], None]:
        def append() -> None:
            os.close(opener)
            os.read(gate, 1)  # until the other end is closed
            with open_store(url) as store:
                for number in range(first, first + each):
                    store.append(content(number))
                store.append(content(0))  # the same from all

        return append

    children = [forked(work(n * each)) for n in range(processes)]
    os.close(opener)
    failed = [child for child in children if os.waitpid(child, 0)[1]]
    os.close(gate)
    expected = Counter(content(number) for number in range(processes * each))
    served, skipped = found(url)
    problems = [f"{len(failed)} of {processes} writers failed"] if failed else []
    problems += [f"{len(expected - served)} records are missing"] if expected - served else []
    problems += [f"{len(served - expected)} are there too much"] if served - expected else []
    return problems + [str(each) for each in skipped]


def kill(url: str, rounds: int, seed: int) -> list[str]:
    """Kill a writer at a random moment, again and again, and look at what it left each time."""
    rng = random.Random(seed)
    stored, died_writing, first = 0, 0, 0
    span = _time_of_some(url)
    for number in range(rounds):
        first += EACH
        done = _killed_writer(url, first, rng.uniform(0, span))
        served, problems = _asked(url, first)
        stored += len(served)
        died_writing += len(served - done)
        if done - served:
            problems.append(f"lost, though they were said to be stored: {sorted(done - served)}")
        if len(served - done) > 1:
            problems.append(f"more than a writer can have begun: {sorted(served - done)}")
        if problems:
            return [f"round {number + 1}, seed {seed}", *problems]
    print(
        f"{rounds} rounds, seed {seed}: {stored} records were stored and are served whole,"
        f" and {died_writing} writers died between storing one and saying so"
    )
    return []


def _asked(url: str, first: int) -> tuple[set[int], list[str]]:
    """Look into a store from a process of its own, so that this one stays without threads."""
    reader, writer = os.pipe()

    def look() -> None:
        served, problems = _numbers_served(url, first)
        with os.fdopen(writer, "w") as file:
            json.dump([sorted(served), problems], file)

    child = forked(look)
    os.close(writer)
    with os.fdopen(reader) as file:
        told = file.read()
    if os.waitpid(child, 0)[1]:
        return set(), ["the store could not be read"]
    served, problems = json.loads(told)
    return set(served), problems


def _numbers_served(url: str, first: int) -> tuple[set[int], list[str]]:
    """Return which of the records from a first number on are served, and what is wrong."""
    with open_store(url) as store:
        listing = store.entries()
        problems = [str(each) for each in listing.skipped]
        numbers = {e: int(e.run, 16) for e in listing.entries if int(e.run, 16) >= first}
        served = set()
        for each in store.read(numbers):
            if isinstance(each, Skipped):
                problems.append(str(each))
                continue
            number = numbers[each.entry]
            served.add(number)
            if store._backend.get([each.entry.key])[each.entry.key] != sent(number):
                problems.append(f"what is served as {number} is not what was sent")
    return served, problems


def _writer(url: str, first: int, said: int) -> Callable[[], None]:
    def append() -> None:
        with open_store(url) as store:
            for number in range(first, first + EACH):
                store.append(sent(number))
                os.write(said, NUMBER.pack(number))

    return append


def _time_of_some(url: str) -> float:
    """Return how long a writer takes to begin and to append a few."""
    reader, writer = os.pipe()
    began = time.perf_counter()
    child = forked(_writer(url, 0, writer))
    os.close(writer)
    for _ in range(4):
        if not os.read(reader, NUMBER.size):
            break
    took = time.perf_counter() - began
    _end(child)
    os.close(reader)
    return took


def _killed_writer(url: str, first: int, seconds: float) -> set[int]:
    """Return what a writer said that it had stored before it was killed."""
    reader, writer = os.pipe()
    child = forked(_writer(url, first, writer))
    os.close(writer)
    select.select([], [], [], seconds)
    _end(child)
    return set(_numbers(reader))


def _end(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _numbers(reader: int) -> Iterator[int]:
    with os.fdopen(reader, "rb") as file:
        while len(data := file.read(NUMBER.size)) == NUMBER.size:
            yield NUMBER.unpack(data)[0]


def main() -> int:
    """Do what the command line says."""
    what, url, *numbers = sys.argv[1:]
    load(url)
    problems = {"many": many, "kill": kill}[what](url, *map(int, numbers))
    if problems:
        print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
