"""Who can read data: modes of files, and policies of buckets as their documents say."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...domain.errors import InputError
from ._finding import Finding

_READ_WRITE = {
    "readable by all": stat.S_IROTH,
    "writable by all": stat.S_IWOTH,
    "readable by its group": stat.S_IRGRP,
    "writable by its group": stat.S_IWGRP,
}
_EVERYBODY = ("allusers", "allauthenticatedusers", "global/allusers", "global/authenticatedusers")
# What AWS takes for a limit: docs.aws.amazon.com, "The meaning of public", Amazon S3 user guide.
_LIMITING = {
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
    "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
    "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
}  # fmt: skip


def open_files(files: Sequence[str | Path], allowed_mode: int) -> list[Finding]:
    """Return what the modes of files allow and should not."""
    return [
        Finding(f"files {path}", f"mode: {what}", n, f"{len(below)} files")
        for path, below in _files_below(files).items()
        for what, n in _open_modes(below, allowed_mode).items()
    ]


def public_policies(policies: Mapping[str, Any]) -> list[Finding]:
    """Return how policies let everybody in."""
    if not isinstance(policies, Mapping):
        raise InputError("policies", "is no mapping; give each document by a name")
    return [
        Finding(f"policy {name}", what, n, "its grants")
        for name, given in policies.items()
        for what, n in _public_grants(name, _read_policy(name, given)).items()
    ]


def _files_below(paths: Iterable[str | Path]) -> dict[str, list[Path]]:
    """Return the files of each path as it was given: itself, or all below a folder."""
    if os.name != "posix":
        raise InputError("files", "have no POSIX mode on this system; check them where they have")
    found = {}
    for path in paths:
        root = Path(path)
        files = [root] if root.is_file() else [p for p in root.rglob("*") if p.is_file()]
        if not files:
            what = "is an empty folder" if root.is_dir() else "does not exist"
            raise InputError("files", f"{str(path)!r} {what}; give the data's files")
        found[str(path)] = files
    return found


def _open_modes(files: Iterable[Path], allowed_mode: int) -> dict[str, int]:
    """Return how many files have each bit that is not allowed."""
    modes = [stat.S_IMODE(f.stat().st_mode) & ~allowed_mode for f in files]
    found = {name: sum(bool(mode & bit) for mode in modes) for name, bit in _READ_WRITE.items()}
    return {name: n for name, n in found.items() if n}


def _read_policy(name: str, given: Any) -> Any:
    """Return a policy document from itself, its JSON text, or its file."""
    if isinstance(given, Mapping | list):
        return given
    try:
        is_text = isinstance(given, str) and given.lstrip().startswith(("{", "["))
        return json.loads(given if is_text else Path(given).read_text(encoding="utf-8"))
    except (OSError, TypeError, ValueError) as error:
        problem = f"{name!r} cannot be read as JSON: {error}"
        raise InputError("policies", f"{problem}; give a document, its text or its file") from error


def _public_grants(name: str, document: Any) -> dict[str, int]:
    """Return how often a document lets everybody in, by what it does so with.

    Known are bucket policies and access lists of S3, IAM policies and access lists of Google Cloud
    Storage, and containers of Azure.

    Raises
    ------
    InputError
        If the document is none of these: nothing could be said of it.
    """
    readers = (_s3_policy, _s3_acl, _gcs_policy, _gcs_acl, _azure)
    read = [found for reader in readers if (found := reader(document)) is not None]
    if not read:
        problem = f"{name!r} is no policy that is known here"
        raise InputError("policies", f"{problem}; give one of S3, Google Cloud Storage or Azure")
    return {kind: n for found in read for kind, n in found.items() if n}


def _s3_policy(document: Any) -> dict[str, int] | None:
    if not isinstance(document, Mapping) or "Statement" not in document:
        return None
    statements = _listed(document["Statement"])
    public = [s for s in statements if s.get("Effect") == "Allow" and _for_everybody(s)]
    return {"statement for everybody": sum(not _limited(s) for s in public)}


def _for_everybody(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:  # all but some
        return True
    principal = statement.get("Principal")
    named = principal.values() if isinstance(principal, Mapping) else [principal]
    return any("*" in _listed(value) for value in named)


def _limited(statement: Mapping[str, Any]) -> bool:
    """Whether a condition ties access to somebody known, with no wildcard."""
    for operator, tests in (statement.get("Condition") or {}).items():
        if "Not" in operator or operator.endswith(("IfExists", "Null")) or "ForAll" in operator:
            continue  # true as well where the key is absent
        for key, values in tests.items():
            words = [str(value) for value in _listed(values)]
            fixed = words and not any("*" in w or w.endswith("/0") for w in words)
            if key.casefold() in _LIMITING and fixed:
                return True
    return False


def _s3_acl(document: Any) -> dict[str, int] | None:
    if not isinstance(document, Mapping) or "Grants" not in document:
        return None
    uris = [str(g.get("Grantee", {}).get("URI", "")) for g in _listed(document["Grants"])]
    return {"grant to everybody": sum(_everybody(uri) for uri in uris)}


def _gcs_policy(document: Any) -> dict[str, int] | None:
    if not isinstance(document, Mapping) or "bindings" not in document:
        return None
    members = [m for b in _listed(document["bindings"]) for m in _listed(b.get("members", []))]
    return {"binding for everybody": sum(_everybody(str(m)) for m in members)}


def _gcs_acl(document: Any) -> dict[str, int] | None:
    entries = document.get("acl") if isinstance(document, Mapping) else document
    if not isinstance(entries, list) or not all(
        isinstance(e, Mapping) and "entity" in e for e in entries
    ):
        return None
    return {"entry for everybody": sum(_everybody(str(e["entity"])) for e in entries)}


def _azure(document: Any) -> dict[str, int] | None:
    if not isinstance(document, Mapping):
        return None
    own = document.get("properties", document)
    known = {k: own[k] for k in ("publicAccess", "allowBlobPublicAccess") if k in own}
    if not known:
        return None
    shut = (None, False, "", "none", "None", "off")
    return {"public access": sum(value not in shut for value in known.values())}


def _everybody(word: str) -> bool:
    return word.casefold().endswith(_EVERYBODY)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
