"""One place of each kind, empty, for what must hold for all of them."""

from __future__ import annotations

from store_places import (  # noqa: F401 - fixtures
    folder_place,
    place,
    postgresql_place,
    postgresql_server_url,
    s3_environment,
    s3_place,
    sqlite_place,
    store,
)
