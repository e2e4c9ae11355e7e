"""Stores for examples that use one."""

from __future__ import annotations

from store_places import (  # noqa: F401 - fixtures
    place,
    postgresql_place,
    postgresql_server_url,
    s3_environment,
    s3_place,
)
