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
    "github": "score.github.txt",
    "junit": "score.xml",
    "ctrf": "score.ctrf.json",
    "badge": "score.svg",
    "badge-json": "score.badge.json",
    "prometheus": "score.prom",
}
"""Every report type that makes a file, and the file that `all_reports` gives it."""

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
    return [option for option in all_reports() if "json" in option or ":score.md" in option]


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
    text = path.read_bytes().decode("utf-8", "strict")
    if kind == "json":
        reasons = strict_json(text)["run"]["incomplete_reasons"]
        return all(reason["kind"] != "in-progress" for reason in reasons)
    if kind in ("junit", "badge"):
        root = ElementTree.fromstring(text)
        assert text.endswith("\n")
        if kind == "junit":
            return all(error.get("type") != "in-progress" for error in root.iter("error"))
        return all("in progress" not in (part or "") for part in root.itertext())
    if kind in ("ctrf", "badge-json"):
        found = strict_json(text)
        if kind == "badge-json":
            return bool(found["message"] != "in progress")
        return all(test["rawStatus"] != "in-progress" for test in found["results"]["tests"])
    if kind == "github":
        assert all(re.match("::(error|warning) ", line) for line in text.splitlines())
        return ": in progress::" not in text.replace("%3A", ":")
    if kind == "prometheus":
        assert text.endswith("\n# EOF\n")
        return "mlscore_last_run_timestamp_seconds{" in text
    if kind == "md-comment":
        assert text.startswith("<!-- mlscore:comment ")
        assert text.endswith(".\n")
        return "**In progress:**" not in text
    if kind == "md":
        MarkdownIt().parse(text)
        assert text.startswith("## ")
        assert re.search(r" - pytest-mltestscore \S+ - \d{4}-\d\d-\d\d\n\Z", text)
        return "**In progress:**" not in text
    assert kind == "html"
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    return "No result yet" not in text
