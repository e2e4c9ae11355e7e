"""Print the node ids of skipped tests, from a JUnit file that pytest wrote as `xunit1`.

`python -m pytest @FILE` runs them where nothing that they need is missing.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import PurePosixPath


def skipped(root: ET.Element) -> Iterator[str]:
    """Yield node ids. A file that skipped as a whole is its own name."""
    for case in root.iter("testcase"):
        if case.find("skipped") is None:
            continue
        file, name = case.attrib["file"], case.attrib["name"]
        module = ".".join(PurePosixPath(file).with_suffix("").parts)
        classes = case.attrib["classname"].removeprefix(module).strip(".").split(".")
        whole = not case.attrib["classname"]
        yield file if whole else "::".join([file, *filter(None, classes), name])


if __name__ == "__main__":
    print(*dict.fromkeys(skipped(ET.parse(sys.argv[1]).getroot())), sep="\n")
