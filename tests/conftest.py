"""Settings that every test shares."""

from __future__ import annotations

import os

pytest_plugins = ["pytester"]

# What is printed must not depend on the terminal that the tests are started from.
os.environ["COLUMNS"] = "80"
os.environ["NO_COLOR"] = "1"
for name in ("FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS"):
    os.environ.pop(name, None)
