"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

# What is printed must not depend on the terminal that the tests are started from.
os.environ["COLUMNS"] = "80"
os.environ["NO_COLOR"] = "1"
for name in ("FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS"):
    os.environ.pop(name, None)

# Tests and the runs in them share the machine's cores: threads of their own, waiting for each other
# at full speed, would only take time from other processes. Set before numpy is first imported.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# A suite that an inner run left byte code of, written again with as many letters within a second,
# would be taken for the old one.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

# What tests of checks import: no tests are in there, and it needs the libraries of the checks.
collect_ignore = [
    "frames.py",
    "power/case.py",
    "power/trainers.py",
    "unit/faults/samples.py",
    "unit/faults/uses.py",
]
collect_ignore_glob = ["power/cases/*"]

# A busy machine must not fail a test, be it in the examples or in what makes them.
settings.register_profile("mlscore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mlscore")
