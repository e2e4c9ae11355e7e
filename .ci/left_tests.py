"""Print the node ids of tests that did not pass elsewhere, from that run's JUnit file.

`python left_tests.py JUNIT <NODE_IDS`: `pytest --collect-only -q` prints what goes in, and
`pytest @FILE` runs what comes out. In doubt a test is left: one that was skipped there, or was not
even found.
"""

from __future__ import annotations

import itertools
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator

Address = tuple[str | None, str | None]


def passed(root: ET.Element) -> set[Address]:
    """Return the tests with no word of a skip, a failure or an error, as JUnit names them."""
    marks = {"skipped", "failure", "error"}
    tests: dict[Address, bool] = {}
    for case in root.iter("testcase"):
        address = case.get("classname"), case.get("name")
        # A test that passes and then fails to clean up has two cases.
        tests[address] = tests.get(address, True) and not marks & {part.tag for part in case}
    return {address for address, well in tests.items() if well}


def address(node_id: str) -> Address:
    """Name a test as pytest names it in JUnit."""
    place, bracket, parameters = node_id.partition("[")
    file, *names = place.split("::")
    *classes, name = names
    module = file.removesuffix(".py").replace("/", ".")
    return ".".join([module, *classes]), name + bracket + parameters


def collected(lines: Iterable[str]) -> Iterator[str]:
    """Yield node ids: they stand before the first empty line."""
    return itertools.takewhile(bool, (line.rstrip("\n") for line in lines))


if __name__ == "__main__":
    elsewhere = passed(ET.parse(sys.argv[1]).getroot())
    everything = list(collected(sys.stdin))
    left = [node_id for node_id in everything if address(node_id) not in elsewhere]
    print(f"{len(left)} of {len(everything)} tests did not pass elsewhere", file=sys.stderr)
    if not left:
        sys.exit("without any to name, pytest would run all")
    print(*left, sep="\n")
