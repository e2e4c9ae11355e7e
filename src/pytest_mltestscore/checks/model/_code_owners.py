"""Who owns which files, by the file that GitHub and GitLab read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...domain.errors import InputError
from ...provenance import Person

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_NOREPLY = re.compile(r"(?:\d+\+)?(?P<handle>[^@]+)@users\.noreply\.")


class _Rule(NamedTuple):
    form: re.Pattern[str]
    owners: tuple[str, ...]


class CodeOwners:
    """Rules of which the last that fits a file holds.

    Sections, approval counts and negation of GitLab are not read; a line of them is skipped.
    """

    def __init__(self, rules: Sequence[_Rule], identities: Mapping[str, Sequence[str]]) -> None:
        self._rules = rules
        self._identities = {
            handle.casefold(): {address.casefold() for address in addresses}
            for handle, addresses in identities.items()
        }

    def owns(self, person: Person, path: str) -> bool:
        """Whether somebody is among the owners of a file."""
        owners = next((r.owners for r in reversed(self._rules) if r.form.match(path)), ())
        return any(self._is(person, owner.casefold()) for owner in owners)

    def _is(self, person: Person, owner: str) -> bool:
        email = person.email.casefold()
        noreply = _NOREPLY.match(email)
        handle = f"@{noreply['handle']}" if noreply else None
        return owner in (email, handle) or email in self._identities.get(owner, ())


def read_code_owners(top: Path, identities: Mapping[str, Sequence[str]]) -> CodeOwners | None:
    """Return the owners that a repository names; None if it has no such file."""
    for name, addresses in identities.items():
        if isinstance(addresses, str):
            raise InputError("identities", f"{name!r} has no list of addresses; give one")
    found = next((top / place for place in PLACES if (top / place).is_file()), None)
    if found is None:
        return None
    lines = found.read_text(encoding="utf-8", errors="replace").splitlines()
    rules = [_rule(line.split(" #")[0].split()) for line in lines]
    return CodeOwners([rule for rule in rules if rule is not None], identities)


def _rule(words: Sequence[str]) -> _Rule | None:
    if not words or words[0].startswith(("#", "[", "^", "!")):
        return None
    return _Rule(_form(words[0]), tuple(words[1:]))


def _form(pattern: str) -> re.Pattern[str]:
    r"""Return the regular expression of a pattern, which is read as in a `.gitignore`.

    >>> bool(_form("configs/").match("a/configs/b.toml")), bool(_form("/*.py").match("a/b.py"))
    (True, False)
    """
    bare = pattern.strip("/")
    anywhere = "/" not in bare and not pattern.startswith("/")
    words = {
        "/**/": "/(?:.*/)?",
        "**/": "(?:.*/)?",
        "/**": "/.*",
        "**": ".*",
        "*": "[^/]*",
        "?": "[^/]",
    }
    parts = re.split(r"(/\*\*/|\*\*/|/\*\*|\*\*|\*|\?)", bare)
    body = "".join(words.get(part, re.escape(part)) for part in parts)
    below = "/.*" if pattern.endswith("/") else "" if bare.endswith("/*") else "(?:/.*)?"
    return re.compile(f"{'(?:.*/)?' if anywhere else ''}{body}{below}$")
