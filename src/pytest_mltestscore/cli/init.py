"""`mlscore init`: a first test module, configuration and CI job, filled in by what is there."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from ..domain.text import clean_line
from . import scaffold
from ._failure import CommandError
from ._output import put, remark, say
from ._parsing import Subparsers, command
from ._text import wrapped
from .scaffold import Plan

SERVICES = ("github", "gitlab", "jenkins", "travis", "none")
_SYSTEM = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,100}")
_NEXT = "pytest --mlscore            (-rs lists what the skipped tests need)"


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "init",
        run,
        summary="write a first test module, configuration and CI job",
        details="Looks at names of files, the syntax of Python code and the beginnings of\n"
        "tables; imports and runs nothing of yours. What it is sure of becomes a part\n"
        "of the system under test, what it is not becomes a comment. It writes new\n"
        "files, appends to pyproject.toml, and never changes what is there.",
        examples="mlscore init\nmlscore init --dry-run\nmlscore init --system churn --ci gitlab",
        exits="0   done, or everything is there already",
    )
    parser.add_argument("--dry-run", action="store_true", help="print a patch, write nothing")
    parser.add_argument(
        "--ci", choices=SERVICES, help="service to write a job for (default: those found)"
    )
    parser.add_argument(
        "--system", metavar="NAME", help="name of the system (default: of project or folder)"
    )
    parser.add_argument(
        "--root", metavar="DIR", default=".", help="the repository (default: current folder)"
    )


def run(args: argparse.Namespace) -> int:
    """Look, decide and write."""
    root = _root(args)
    facts = scaffold.look(root)
    services = None if args.ci is None else [s for s in (args.ci,) if s != "none"]
    plan = scaffold.decide(facts, name=args.system or facts.name, services=services)
    if args.dry_run:
        put(scaffold.as_diff(plan))
        if not (plan.files or plan.appended):
            remark("nothing to write: all of it is there")
        return 0
    done = scaffold.write(root, plan)
    for line in _account(plan, done):
        say(line)
    for line in _next(plan, args, has_ci=bool(facts.ci)):
        say(line)
    return 0


def _root(args: argparse.Namespace) -> Path:
    root = Path(args.root)
    if not root.is_dir():
        raise CommandError("--root: is no folder; give the top of the repository")
    if args.system is not None and not _SYSTEM.fullmatch(args.system):
        mend = "use at most 100 letters, digits, '.', '_' and '-', and not only dots"
        raise CommandError(f"--system: cannot be a name; {mend}")
    return root


def _next(plan: Plan, args: argparse.Namespace, *, has_ci: bool) -> Iterable[str]:
    yield ""
    yield "Next"
    if args.ci is None and not has_ci:
        yield "  mlscore init --ci SERVICE   (a job for github, gitlab, jenkins or travis)"
    for line in plan.to_do:
        yield from wrapped(line, "  ", "    ")
    if args.root != ".":
        yield f"  cd {clean_line(shlex.quote(args.root))}"
    if importlib.util.find_spec("narwhals") is None:
        yield "  pip install 'pytest-mltestscore[checks]'"
    yield f"  {_NEXT}"


def _account(plan: Plan, done: list[str]) -> Iterable[str]:
    parts = (
        ("Found", plan.found or [("nothing", "that tells of data, models or tests")]),
        ("Guessed; look at these first", plan.guessed),
    )
    for heading, rows in parts:
        if rows:
            yield heading
            for word, line in rows:
                yield from wrapped(line, f"  {word:<10} ", " " * 13)
            yield ""
    yield "Written" if done else "Nothing to write"
    yield from (f"  {path}" for path in done)
    if plan.left:
        yield ""
        yield "Left as it is"
        for path, why in plan.left:
            yield from wrapped(f"{path}: {why}", "  ", "    ")
