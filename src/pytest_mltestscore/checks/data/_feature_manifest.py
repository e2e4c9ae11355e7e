"""The written policy on features, as people keep it: a TOML or JSON file, or a mapping.

banned = ["*_ssn", "religion"]
banned_sources = ["crm_export_*"]

[features.distance]
owner = "flights team"
source = "flights.legs"

[features.promo_clicks]
owner = "growth team"
source = "clicks.daily"
status = "deprecated"
expires = 2030-06-30
allowed_uses = ["ranking"]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from glob import escape
from typing import Literal, TypeAlias

import msgspec

from ...domain.errors import nearest

Status: TypeAlias = Literal["active", "experimental", "deprecated", "retired"]


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """What is laid down about one feature."""

    owner: str = ""
    source: str = ""
    """The table, topic or service that it comes from."""
    status: Status = "active"
    expires: dt.date | None = None
    """Last day on which it may be used."""
    allowed_uses: tuple[str, ...] = ()
    """What models it is for; empty for all."""
    note: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is laid down about features: those that there are, and those that may not be."""

    features: dict[str, Feature]
    banned: tuple[str, ...] = ()
    """Names, or patterns with `*` and `?`, of what no model may use; case does not matter."""
    banned_sources: tuple[str, ...] = ()
    """The same for sources."""
    allowed_statuses: tuple[Status, ...] = ("active",)

    def banned_as(self, name: str) -> str | None:
        """Return the pattern that bans a name, None if it is not banned."""
        return _matching(name, self.banned)

    def problems(self, name: str, use: str | None, today: dt.date) -> Iterator[str]:
        """Yield each rule that the use of a feature breaks."""
        pattern = self.banned_as(name)
        if pattern is not None:
            yield f"banned by {pattern!r}"
        feature = self.features.get(name)
        if feature is None:
            if pattern is None:
                closest = nearest(name, self.features)
                yield f"not in the manifest{f'; is it {closest!r}?' if closest else ''}"
            return
        yield from self._of_listed(feature, use, today)

    def _of_listed(self, feature: Feature, use: str | None, today: dt.date) -> Iterator[str]:
        if feature.status not in self.allowed_statuses:
            yield feature.status
        if feature.expires is not None and feature.expires < today:
            yield f"expired on {feature.expires}"
        if not feature.owner.strip():
            yield "has no owner"
        if not feature.source.strip():
            yield "has no source"
        pattern = _matching(feature.source, self.banned_sources)
        if pattern is not None:
            yield f"comes from {feature.source}, banned by {pattern!r}"
        if use is not None and feature.allowed_uses and use not in feature.allowed_uses:
            yield f"not for {use}, only for {', '.join(feature.allowed_uses)}"

    def may_not_be_named(self, today: dt.date) -> tuple[str, ...]:
        """Return names and patterns that no feature code may speak of."""
        gone = [
            escape(name)
            for name, f in self.features.items()
            if f.status not in self.allowed_statuses
            or (f.expires is not None and f.expires < today)
        ]
        return (*self.banned, *gone)


def _matching(name: str, patterns: Sequence[str]) -> str | None:
    low = name.casefold()
    return next((p for p in patterns if fnmatchcase(low, p.casefold())), None)
