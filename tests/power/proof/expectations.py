"""What `wild.py` asserts by functions of another module, as many projects do."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[\w.]+@[\w.]+")


def assert_nothing_personal(rows):
    """Fail if any text looks like an e-mail address, or a column is named as one."""
    for name in rows.columns:
        assert "mail" not in name.lower(), name
        found = [text for text in rows[name].astype(str) if ADDRESS.search(text)]
        assert not found, f"{name}: {found[:3]}"


def validate(rows, schema):
    """Raise a ValueError that names the first column that is not as it should be."""
    for name, (low, high) in schema.items():
        if name not in rows:
            raise ValueError(f"{name} is missing")
        if rows[name].isna().any():
            raise ValueError(f"{name} has nulls")
        if not rows[name].between(low, high).all():
            raise ValueError(f"{name} is out of range")
