"""model-1: the specification of a model is in version control, and every change was reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from ...domain.checkresult import CheckResult
from ...domain.counting import count
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...provenance import History
from .._arguments import listed
from .._conclude import Expect, conclude
from .._repository import whole_history
from ._artifact_commit import Origin, origin, read_metadata
from ._code_owners import PLACES, read_code_owners
from ._reviews import Change, Evidence, Reviews

ITEM = "spec-review"
TRAILERS = ("Reviewed-by", "Approved-by", "Acked-by")


class _Files(NamedTuple):
    tracked: list[str]
    untracked: list[str]
    changed: list[str]


def spec_review(
    root: str | Path,
    specs: Sequence[str],
    *,
    artifact: Any = None,
    commit_key: str | None = None,
    since: str | None = None,
    accept: Sequence[Evidence] = ("trailer", "merge", "owner"),
    trailers: Sequence[str] = TRAILERS,
    owners_only: bool = False,
    identities: Mapping[str, Sequence[str]] | None = None,
    reviewed: Mapping[str, str] | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that a model was made from a specification that is committed and reviewed.

    Each specification file is tracked and has no changes that are not committed. Each commit that
    touched one shows that somebody else than its author looked at it. The artifact's recorded
    commit is the one that is checked out, or led to it with the same specification.

    Parameters
    ----------
    root
        Folder in a git repository; paths are relative to it.
    specs
        Files, folders or patterns such as `"configs/*.toml"`: code, configuration, lists of
        features that a model is made from.
    artifact
        Metadata of the model as a mapping, or the path of its JSON file. Metadata that call the
        tree `dirty` fail.
    commit_key
        Key of the commit in it, with dots for nested ones. By default `commit`, `git_commit`,
        `git_sha` or `mlflow.source.git.commit`.
    since
        Commit or tag; what was done up to it is not judged. By default everything is.
    accept
        What counts as a review. `"trailer"`: a line such as `Reviewed-by: Ada <ada@example.org>`
        in the message of the commit or of its merge. `"merge"`: somebody else merged it.
        `"owner"`: somebody else committed it and owns the files by CODEOWNERS.
    trailers
        Keys of those lines.
    owners_only
        Whether a reviewer must own all files of the change by CODEOWNERS.
    identities
        Addresses in commits by the owners that CODEOWNERS names, such as `{"@ada":
        ["ada@example.org"], "@org/team": [...]}`. Addresses that GitHub makes are known.
    reviewed
        Reviews that git knows nothing of: commit, and where its review is.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row for each file that is not as it should be and each change, faults first. Names of
        people are not shown.

    Raises
    ------
    InputError
        If there is no repository or a shallow clone, a specification does not exist, `since` or
        `reviewed` name no commit, or the metadata cannot be read.

    Notes
    -----
    Exact about what git holds, which is not all that happened: an approval in the forge before the
    author merges it leaves no trace, nor does one before a squash. Let the forge write a trailer,
    or name such changes in `reviewed`. Cannot see whether a review was any good, changes made
    while resolving a merge, ignored files that a pattern or folder would mean, and people who use
    two names.

    Examples
    --------
    >>> import pathlib, subprocess, tempfile
    >>> from pytest_mltestscore import checks
    >>> folder = tempfile.TemporaryDirectory()
    >>> root = pathlib.Path(folder.name)
    >>> _ = (root / "model.toml").write_text("depth = 3")
    >>> ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    >>> message = ["-m", "Grow deeper trees", "-m", "Reviewed-by: Bob <bob@example.org>"]
    >>> for command in (["init", "-q"], ["add", "."], ["commit", "-q", *message]):
    ...     _ = subprocess.run(["git", *ada, *command], cwd=root, check=True)
    >>> print(checks.model.spec_review(root, ["model.toml"]).summary)
    1 file committed, 1 change reviewed
    >>> folder.cleanup()
    """
    history = whole_history(root, "root")
    specs = listed(specs, "specs", of="files")
    paths = _pathspecs(specs)
    metadata = None if artifact is None else read_metadata(artifact)
    files = _files(history, specs, paths)
    reviews = _rules(history, accept, trailers, owners_only, identities, reviewed)
    changes = _changes(history, paths, since, reviews)
    made = None if metadata is None else origin(history, metadata, commit_key, paths)
    alone = [c for c in changes if not c.evidence]
    faults = [*_file_faults(files), *_change_faults(alone), *_artifact_faults(made)]
    return conclude(
        "spec_review",
        item=ITEM,
        holds=not faults,
        summary=_summary(files, changes, made, faults),
        expect=expect,
        measurements=[
            measurement("specification files", len(files.tracked)),
            measurement("not committed", len(files.untracked) + len(files.changed), limit="0"),
            measurement("changes", len(changes)),
            measurement("changes not reviewed", len(alone), limit="0"),
        ],
        table=list(_table(files, changes, made)),
        notes=_notes(since, made, reviews if alone else None),
    )


def _pathspecs(specs: Sequence[str]) -> list[str]:
    if not specs:
        raise InputError("specs", "is empty; give the files that a model is made from")
    return [f":(glob){spec.rstrip('/')}" for spec in specs]


def _files(history: History, specs: Sequence[str], paths: Sequence[str]) -> _Files:
    tracked, missing = [], []
    for spec, path in zip(specs, paths, strict=True):
        found = history.tracked(path)
        tracked += found
        if not found:
            if not any(history.root.glob(spec.rstrip("/"))):
                raise InputError("specs", f"{spec!r} is no file here; give paths from the root on")
            missing.append(spec)
    changed = history.changed(paths)
    if changed is None:
        raise InputError("root", "has a state that git does not tell; see git status")
    return _Files(tracked, missing, [name for name in changed if name not in missing])


def _rules(
    history: History,
    accept: Sequence[Evidence],
    trailers: Sequence[str],
    owners_only: bool,
    identities: Mapping[str, Sequence[str]] | None,
    reviewed: Mapping[str, str] | None,
) -> Reviews:
    accept = listed(accept, "accept", of="kinds of evidence")
    for kind in accept:
        if kind not in get_args(Evidence):
            raise InputError("accept", f"{kind!r} is not one of {', '.join(get_args(Evidence))}")
    owners = read_code_owners(history.top(), identities or {})
    if owners_only and owners is None:
        raise InputError("owners_only", f"needs one of the files {', '.join(PLACES)}")
    known = {}
    for name, where in (reviewed or {}).items():
        commit = history.resolve(name)
        if commit is None or not where:
            raise InputError("reviewed", f"{name!r} is no commit with a place of its review")
        known[commit] = where
    return Reviews(accept, listed(trailers, "trailers", of="keys"), owners, owners_only, known)


def _changes(
    history: History, paths: Sequence[str], since: str | None, reviews: Reviews
) -> list[Change]:
    begin = None if since is None else history.resolve(since)
    if since is not None and begin is None:
        raise InputError("since", f"{since!r} is no commit here; give a tag or a hash")
    commits = history.changes(paths, since=begin)
    if commits is None:
        raise InputError("root", "has a past that git does not tell; see git log")
    return reviews.judge(history, commits, paths)


def _file_faults(files: _Files) -> list[str]:
    named = [f"{name} is not tracked" for name in files.untracked]
    return named + [f"{name} has changes that are not committed" for name in files.changed]


def _change_faults(alone: Sequence[Change]) -> list[str]:
    if not alone:
        return []
    shown = ", ".join(c.commit.hash[:12] for c in alone[:3])
    more = f" and {len(alone) - 3} more" if len(alone) > 3 else ""
    return [f"{count(len(alone), 'change')} not reviewed: {shown}{more}"]


def _artifact_faults(made: Origin | None) -> list[str]:
    return [f"artifact {made.fault}"] if made is not None and made.fault else []


def _summary(
    files: _Files, changes: Sequence[Change], made: Origin | None, faults: Sequence[str]
) -> str:
    if faults:
        more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
        return "; ".join(faults[:3]) + more
    also = "" if made is None else ", and the artifact was made from them"
    committed = f"{count(len(files.tracked), 'file')} committed"
    return f"{committed}, {count(len(changes), 'change')} reviewed{also}"


def _table(
    files: _Files, changes: Sequence[Change], made: Origin | None
) -> Iterator[dict[str, Any]]:
    for name in files.untracked:
        yield {"what": "file", "which": name, "day": "", "verdict": "not tracked"}
    for name in files.changed:
        yield {"what": "file", "which": name, "day": "", "verdict": "not committed"}
    if made is not None:
        verdict = made.fault or "of this specification"
        yield {"what": "artifact", "which": made.commit, "day": "", "verdict": verdict}
    for change in sorted(changes, key=lambda c: bool(c.evidence)):
        yield {
            "what": "change",
            "which": change.commit.hash[:12],
            "day": change.commit.committed.date().isoformat(),
            "verdict": change.evidence or "not reviewed",
        }


def _notes(since: str | None, made: Origin | None, missed: Reviews | None) -> list[str]:
    notes = [] if missed is None else [f"a review is {missed.accepted()}"]
    notes += [] if since is None else [f"changes up to {since} are not judged"]
    if made is None:
        return [*notes, "no artifact was given, so none was compared"]
    return [*notes, made.note] if made.note else notes
