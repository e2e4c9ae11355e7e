"""The URL that chooses a store, and keeping its secrets out of all that people see."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from ..domain.text import clean_line
from ..provenance import SecretMask

MASK = "***"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_SECRET_PARAMETER = re.compile(
    r"([?&;][^=&;#]*(?:pass|secret|token|key|sig|cred)[^=&;#]*=)([^&;#]*)", re.IGNORECASE
)


def split(url: str) -> tuple[str, str]:
    """Return the scheme in small letters, and what follows it; a path has the scheme `""`.

    >>> split("s3://scores/team")
    ('s3', 'scores/team')
    >>> split("build/scores")
    ('', 'build/scores')
    """
    match = _SCHEME.fullmatch(url)
    return (match[1].lower(), match[2]) if match else ("", url)


def masked(url: str) -> str:
    """Return the URL of a store without its password, on one line.

    >>> masked("postgresql://me:pa55@db/scores?sslpassword=x")
    'postgresql://me:***@db/scores?sslpassword=***'
    """
    scheme, rest = split(url)
    if not scheme:
        return clean_line(url)
    before, at, after = rest.rpartition("@")
    user, colon, _ = before.partition(":")
    if at:
        rest = f"{user}{colon}{MASK if colon else ''}@{after}"
    return clean_line(f"{scheme}://{_SECRET_PARAMETER.sub(_without_value, rest)}")


class Discretion:
    """Takes the secrets of a URL, and those of the environment, out of what libraries say.

    A password is masked whatever its length and its form: as it stands in the URL, decoded, and
    encoded again.
    """

    def __init__(self, url: str, environ: Mapping[str, str] = os.environ) -> None:
        forms = {form for secret in _secrets(url) for form in _forms(secret) if form}
        # Longest first, so that a secret that contains another one goes as a whole.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self._environ = environ

    def __call__(self, text: str) -> str:
        """Return the text without the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return SecretMask(self._environ)(text)


def _without_value(match: re.Match[str]) -> str:
    return f"{match[1]}{MASK}"


def _secrets(url: str) -> Iterator[str]:
    """Yield whatever in a URL may be a password; one that is badly encoded has several ends."""
    _, rest = split(url)
    for before in (rest.partition("@")[0], rest.rpartition("@")[0]):
        if before != rest:
            yield before.partition(":")[2]
    for match in _SECRET_PARAMETER.finditer(rest):
        yield from (match[2], unquote_plus(match[2]))


def _forms(secret: str) -> Iterator[str]:
    for bare in (secret, unquote(secret)):
        yield bare
        yield repr(bare)[1:-1]
        yield quote(bare, safe="", errors="replace")
        yield quote_plus(bare, errors="replace")
