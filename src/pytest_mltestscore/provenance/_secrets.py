"""Taking secrets out of text before it is stored. Best effort: it knows what it can recognise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from ..domain.text import clean, clean_line

MASK = "***"
SHORTEST = 8
"""Shorter values are left alone: masking every `true` or `test` would ruin the text."""

_LONG_USER = 20

# Names of authors and of keyboards are no secrets, whatever they contain.
_SECRET_NAME = re.compile(
    r"TOKEN|KEY(?!BOARD|MAP)|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH(?!OR(?!I[SZ]))"
    r"|(?:^|_)PASS(?:$|_)|_PWD$",
    re.IGNORECASE,
)
_AFTER_SCHEME = re.compile(r'(?<=://)[^\s"<>]+')
_PORT = re.compile(r"[0-9]{1,5}(?:[/?#]|$)")


class SecretMask:
    """Replaces known secrets by `***`. Built once, then called on every text.

    Masked are the values, of 8 characters and more, of environment variables whose names look
    secret, also line by line and in the forms that assertions and addresses give them; and
    passwords in addresses. Mask a text before it is shortened: half a secret is not recognised.

    >>> mask = SecretMask({"API_TOKEN": "correct-horse", "EDITOR": "vi"})
    >>> mask("got 'correct-horse' from postgres://me:pa55@db/x")
    "got '***' from postgres://me:***@db/x"
    """

    __slots__ = ("_values",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        secrets = (value for name, value in environ.items() if _SECRET_NAME.search(name))
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        # Longest first, so that a secret that contains another one goes as a whole.
        self._values = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def __call__(self, text: str) -> str:
        """Return `text` without the secrets known to this mask."""
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        if "://" in text:
            text = _AFTER_SCHEME.sub(_mask_addresses, text)
        return text


def mask_secrets(text: str, environ: Mapping[str, str]) -> str:
    """Return `text` without the secrets of this environment; see `SecretMask`."""
    return SecretMask(environ)(text)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it may look in a message: bare, by lines, in a repr, in an address."""
    for part in (secret, *secret.splitlines()):
        bare = part.strip()
        yield bare
        yield repr(bare)[1:-1]
        yield json.dumps(bare)[1:-1]
        yield quote(bare, safe="", errors="replace")
        yield clean(bare)
        yield clean_line(bare)


def _mask_addresses(match: re.Match[str]) -> str:
    # Commas and the like may join several addresses into one run without blanks.
    return "://".join(_mask_user(part) for part in match.group().split("://"))


def _mask_user(rest: str) -> str:
    """Mask the password in what follows a scheme; a long user name is a token, and goes too."""
    user, at_once, _ = rest.partition("@")
    if at_once and not re.search(r"[:/?#\[]", user):
        return f"{MASK}{rest[len(user) :]}" if len(user) >= _LONG_USER else rest
    user, colon, tail = rest.partition(":")
    end = _end_of_password(tail)
    if not colon or end < 0 or re.search(r"[/?#@\[]", user):
        return rest
    return f"{MASK if len(user) >= _LONG_USER else user}:{MASK}{tail[end:]}"


def _end_of_password(tail: str) -> int:
    """Return where the `@` after a password is, or -1.

    Passwords are not always well encoded: they may hold `@` and `/`. The last `@` before the path
    counts, and a slash before the first `@` belongs to the password, unless a port is before it.
    """
    if "/" in tail.partition("@")[0] and _PORT.match(tail):
        return -1
    path = tail.find("/", tail.find("@") + 1)
    return tail.rfind("@", 0, path if path >= 0 else len(tail))
