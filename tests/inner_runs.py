"""Pytest in a process of its own, with no plugins but those that are named.

Much faster than a run that loads every plugin of the environment, and none of them can disturb.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

OURS = "pytest_mltestscore.plugin"
XDIST = "xdist.plugin"
SUBTESTS = () if pytest.version_tuple >= (9,) else ("pytest_subtests.plugin",)
"""What brings the `subtests` fixture: a package of its own until pytest 9."""

FILES = {
    "json": "score.json",
    "html": "score.html",
    "md": "score.md",
    "md-comment": "score.comment.md",
    "junit": "score.xml",
    "ctrf": "score.ctrf.json",
    "badge": "score.svg",
    "prometheus": "score.prom",
}
"""Report types and the files that `all_reports` gives them: all types that make a file which names
the system, since by that tests tell the file of one run from that of another."""

UNMEASURED: dict[str, str | None] = {
    "COVERAGE_PROCESS_CONFIG": None,
    "COVERAGE_PROCESS_START": None,
}
"""Changes of the environment that keep coverage out of a process: it takes time, and is loaded."""

# Of tox, pytest takes the folder of its cache.
_KEPT_OUT = ("CI", "GITHUB_", "GITLAB_", "PYTEST_", "MLSCORE_", "SOURCE_DATE_EPOCH", "TOX_")


@dataclass(frozen=True)
class Ended:
    """How a process ended and what it said."""

    ret: int
    out: str
    err: str
    folder: Path

    @property
    def last_line(self) -> str:
        return [line for line in self.out.splitlines() if line.strip()][-1]

    @property
    def block(self) -> str:
        """What we print: the block with the score, and our lines after pytest's last one."""
        lines = self.out.splitlines()
        starts = [n for n, line in enumerate(lines) if line.strip("= ") == "ML Test Score"]
        ours: list[str] = []
        for line in lines[starts[0] + 1 :] if starts else ():
            if line.startswith("==="):
                break
            ours.append(line)
        ours += [line for line in lines if line.startswith("mlscore: ")]
        return "\n".join(ours)


def all_reports(folder: str = "") -> list[str]:
    """Return the options that ask for every report."""
    return [f"--mlscore-report={kind}:{folder}{name}" for kind, name in FILES.items()]


def two_reports() -> list[str]:
    """Return the options that ask for two reports that are made fast."""
    return [f"--mlscore-report={kind}:{FILES[kind]}" for kind in ("json", "md")]


def environment(**changes: str | None) -> dict[str, str]:
    """Return this environment without what would tell a run that it is in CI or in a test.

    `changes` set variables; None removes one.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT_OUT)}
    changed = {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **changes}
    return {name: value for name, value in changed.items() if value is not None}


def command(*args: str, plugins: Sequence[str] = (OURS,)) -> list[str]:
    """Return a command line that starts pytest with these plugins."""
    loaded = [part for plugin in plugins for part in ("-p", plugin)]
    return [sys.executable, "-m", "pytest", *loaded, *args]


def run(
    folder: Path,
    *args: str,
    plugins: Sequence[str] = (OURS,),
    env: Mapping[str, str | None] | None = None,
    before: Sequence[str] = (),
) -> Ended:
    """Run pytest in a folder and wait for its end. `before` is put before the command line."""
    done = subprocess.run(
        [*before, *command(*args, plugins=plugins)],
        cwd=folder,
        env=environment(**env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    out, err = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    return Ended(done.returncode, out, err, folder)


def score(folder: Path, *args: str, **how: Any) -> Ended:
    """Run pytest with `--mlscore`."""
    return run(folder, "--mlscore", *args, **how)


def timeless(junit: Path) -> bytes:
    """Return a JUnit file of pytest with times and hosts put to zero, its cases in order."""
    root = ElementTree.parse(junit).getroot()
    for element in root.iter():
        for name in ("time", "timestamp", "hostname"):
            if name in element.attrib:
                element.set(name, "0")
    for suite in root.iter("testsuite"):
        suite[:] = sorted(suite, key=lambda case: (case.get("classname", ""), case.get("name", "")))
    return ElementTree.tostring(root)


def strict_json(text: str) -> Any:
    """Read JSON, and refuse what only Python takes for it."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is not JSON")

    return json.loads(text, parse_constant=refuse)


def whole(kind: str, path: Path) -> bool:
    """Parse a report strictly and return whether it says that the run has come to its end."""
    return _WHOLE[kind](path.read_bytes().decode("utf-8", "strict"))


def _whole_json(text: str) -> bool:
    reasons = strict_json(text)["run"]["incomplete_reasons"]
    return all(reason["kind"] != "in-progress" for reason in reasons)


def _whole_junit(text: str) -> bool:
    root = ElementTree.fromstring(text)
    assert text.endswith("\n")
    return all(error.get("type") != "in-progress" for error in root.iter("error"))


def _whole_badge(text: str) -> bool:
    root = ElementTree.fromstring(text)
    assert text.endswith("\n")
    return all("in progress" not in (part or "") for part in root.itertext())


def _whole_ctrf(text: str) -> bool:
    tests = strict_json(text)["results"]["tests"]
    return all(test["rawStatus"] != "in-progress" for test in tests)


def _whole_prometheus(text: str) -> bool:
    assert text.endswith("\n# EOF\n")
    return "mlscore_last_run_timestamp_seconds{" in text


def _whole_comment(text: str) -> bool:
    assert text.startswith("<!-- mlscore:comment ")
    assert text.endswith(".\n")
    return "**In progress:**" not in text


def _whole_markdown(text: str) -> bool:
    MarkdownIt().parse(text)
    assert text.startswith("## ")
    assert re.search(r" - pytest-mltestscore \S+ - \d{4}-\d\d-\d\d\n\Z", text)
    return "**In progress:**" not in text


def _whole_html(text: str) -> bool:
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    return "No result yet" not in text


_WHOLE = {
    "json": _whole_json,
    "html": _whole_html,
    "md": _whole_markdown,
    "md-comment": _whole_comment,
    "junit": _whole_junit,
    "badge": _whole_badge,
    "ctrf": _whole_ctrf,
    "prometheus": _whole_prometheus,
}
