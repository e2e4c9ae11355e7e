"""The public names of the package."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import pytest_mltestscore


@pytest.mark.parametrize("name", pytest_mltestscore.__all__)
def test_every_public_name_resolves_and_is_documented(name):
    assert inspect.getdoc(getattr(pytest_mltestscore, name))


def test_names_are_listed_in_order_and_each_has_its_place():
    assert pytest_mltestscore.__all__ == sorted(pytest_mltestscore.__all__)
    assert set(pytest_mltestscore.__all__) == set(pytest_mltestscore._PLACES)
    assert dir(pytest_mltestscore) == pytest_mltestscore.__all__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        pytest_mltestscore.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_else():
    code = (
        "import sys; before = set(sys.modules); import pytest_mltestscore;"
        "print({m.partition('.')[0] for m in set(sys.modules) - before}"
        " - sys.stdlib_module_names - {'pytest_mltestscore'})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
