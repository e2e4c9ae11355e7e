"""`mlscore audit`: what a suite shows by its source, and markers for what it does not say."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from .. import config
from ..domain.counting import count
from ..domain.text import clean_line
from ..provenance import History
from ..reporters.destination import put_back
from ._audit_json import to_json
from ._audit_migration import diff
from ._audit_migration import to_text as migration_to_text
from ._audit_text import to_text
from ._failure import CommandError
from ._output import complain, put, remark, say
from ._parsing import Subparsers, command
from ._rubrics import add_rubric, chosen
from .auditing.changes import Change, changes
from .auditing.judging import CONFIDENCES, Suggestion
from .auditing.migrating import migration
from .auditing.survey import Audit, PassedOver, audit

_SHOWN_FROM = "medium"
_WRITTEN_FROM = "high"

_DETAILS = """\
Test files are read as text: nothing is imported or run. Says which items are
tagged, which tests look as if they served an item and by which signs, which
tagged tests have no assertion, and how a suite scores itself by markers or
names of its own.

--apply writes the markers and keeps all else as it is. It needs libcst:
pip install 'pytest-mltestscore[audit]'. Read the difference before you commit
it: a suggestion is a guess.

--migrate is for a suite that scores itself. It makes no guesses: where a
marker such as data_1, a name, a docstring or a property says which item a test
serves, it shows our marker in the place of the old one. Declarations that
nothing uses any more go, and what is left to you is named with file and line.
--migrate --apply writes that."""

_EXAMPLES = """\
mlscore audit
mlscore audit tests/data --min-confidence low
mlscore audit tests --diff
mlscore audit tests --apply
mlscore audit --migrate
mlscore audit --migrate --apply
mlscore audit --format json"""

_EXITS = "0   done, whatever was found"


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "audit",
        run,
        summary="read a test suite and say which items its tests serve, without running it",
        details=_DETAILS,
        examples=_EXAMPLES,
        exits=_EXITS,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="folders or files (default: the current folder)"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="default: %(default)s"
    )
    parser.add_argument(
        "--min-confidence",
        choices=CONFIDENCES,
        help=f"leave out what is less sure (default: {_SHOWN_FROM};"
        f" {_WRITTEN_FROM} with --apply and --diff)",
    )
    writing = parser.add_mutually_exclusive_group()
    writing.add_argument("--apply", action="store_true", help="write the markers into the files")
    writing.add_argument(
        "--diff", action="store_true", help="only show what --apply would write, as a diff"
    )
    parser.add_argument(
        "--migrate",
        action="store_true",
        help="show, or with --apply write, our markers in the place of a suite's own",
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        default=".",
        help="where node ids begin and the configuration is (default: the current folder)",
    )
    add_rubric(parser)


def run(args: argparse.Namespace) -> int:
    """Audit the tests."""
    if args.diff and args.format == "json":
        raise CommandError("--diff: is a text of its own; leave --format json out")
    if args.migrate and args.min_confidence:
        raise CommandError("--min-confidence: --migrate makes no guesses; leave it out")
    root = Path(args.root)
    if not root.is_dir():
        raise CommandError(f"--root: {clean_line(args.root)} is not a folder")
    rubric = chosen(args)
    tags = config.load(root, rubric, all_faults_known=False).tags
    paths = args.paths or [args.root]
    look = partial(audit, paths, root, rubric, tags)
    if args.migrate:
        return _migrate(args, look(), root, whole=_holds(paths, root))
    return _suggest(args, look, root)


def _suggest(args: argparse.Namespace, look: Callable[[], Audit], root: Path) -> int:
    found = look()
    writes = args.apply or args.diff
    least = args.min_confidence or (_WRITTEN_FROM if writes else _SHOWN_FROM)
    suggestions = _from(least, found.suggestions)
    made, unwritable = changes(found, suggestions) if writes else ((), ())
    passed_over = (*found.passed_over, *unwritable)
    if args.diff:
        _show(made, passed_over)
        return 0
    if args.apply:
        _write(made, root)
    if args.format == "json":
        say(to_json(found, suggestions, made, passed_over))
        return 0
    if args.apply:
        # Some of what was found is in the files by now, and people go on from there.
        found = look()
        suggestions = _from(args.min_confidence or _SHOWN_FROM, found.suggestions)
        passed_over = (*found.passed_over, *unwritable)
    for line in to_text(found, suggestions, passed_over):
        say(line)
    _say_what_next(found.suggestions, suggestions, made, applied=args.apply)
    if any(entry.item for entry in found.homemade):
        say("--migrate shows our markers in the place of its own")
    return 0


def _migrate(args: argparse.Namespace, found: Audit, root: Path, *, whole: bool) -> int:
    plan = migration(found, root, whole=whole, applied=args.apply)
    passed_over = (*found.passed_over, *plan.passed_over)
    if args.diff:
        _show(plan.changes, passed_over)
        return 0
    if args.apply:
        _write(plan.changes, root)
    if args.format == "json":
        written = plan.changes if args.apply else ()
        said = [suggestion for suggestion in found.suggestions if suggestion.homemade]
        say(to_json(found, said, written, passed_over, plan.by_hand))
        return 0
    for line in migration_to_text(plan, passed_over, applied=args.apply):
        say(line)
    return 0


def _holds(paths: Sequence[str], root: Path) -> bool:
    """Whether one of these paths has all of the root in it."""
    inner = root.resolve()
    return any(inner.is_relative_to(Path(path).resolve()) for path in paths)


def _from(least: str, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    wanted = set(CONFIDENCES[[str(c) for c in CONFIDENCES].index(least) :])
    return [suggestion for suggestion in suggestions if suggestion.confidence in wanted]


def _show(made: Sequence[Change], passed_over: Sequence[PassedOver]) -> None:
    for change in made:
        put("".join(f"{line}\n" for line in diff(change)))
    for entry in passed_over:
        complain("warning", f"{entry.name}: passed over: {entry.why}")


def _write(made: Sequence[Change], root: Path) -> None:
    past = History(root)
    for change in made:
        if past.changed([f":(literal){change.name}"]):
            complain("warning", f"{change.name}: has changes that are not committed")
        try:
            mode = change.path.stat().st_mode
            put_back(change.path, change.after)
            change.path.chmod(stat.S_IMODE(mode))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"{change.name}: cannot be written: {reason}") from error
        remark(f"{change.name}: {_done(change)}")


def _done(change: Change) -> str:
    done = [f"{change.tests} marked"] if change.tests else []
    done += [f"{change.declarations} no longer declared"] if change.declarations else []
    return ", ".join(done) or "rewritten"


def _say_what_next(
    everything: Sequence[Suggestion],
    shown: Sequence[Suggestion],
    made: Sequence[Change],
    *,
    applied: bool,
) -> None:
    hidden = len(everything) - len(shown)
    sure = sum(suggestion.confidence == _WRITTEN_FROM for suggestion in shown)
    if not (hidden or sure or made):
        return
    say()
    if hidden:
        say(f"{count(hidden, 'suggestion')} less sure: --min-confidence low shows them")
    if applied:
        tests = sum(change.tests for change in made)
        say(f"Written: markers for {count(tests, 'test')} in {count(len(made), 'file')}")
    elif sure:
        say(f"--diff shows the markers for the {sure} that are sure, --apply writes them")
        if find_spec("libcst") is None:
            say("(both need libcst: pip install 'pytest-mltestscore[audit]')")
