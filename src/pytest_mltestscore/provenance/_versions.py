"""The versions that a run is reported with."""

from __future__ import annotations

import platform
import sys


def versions(pytest: str | None = None) -> dict[str, str]:
    """Return the versions of Python and platform, and that of pytest if the caller gives it."""
    found = {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}".strip(),
    }
    return found if pytest is None else found | {"pytest": pytest}
