"""All tests of the suite, in the order of the rubric."""

from __future__ import annotations

import pytest

from ._asking import items_of
from ._data import DataTests
from ._infra import InfraTests
from ._model import ModelTests
from ._monitor import MonitorTests


# pytest runs the tests of the last base first, so this gives the order of the rubric.
class MLTestScoreSuite(MonitorTests, InfraTests, ModelTests, DataTests):
    """One test for each of the 28 items. They look at what the fixture `system` returns."""

    @pytest.fixture(autouse=True)
    def _system_is_described(self, request: pytest.FixtureRequest) -> None:
        """Say what is missing or misspelt before pytest would, in the words of the suite."""
        try:
            system = request.getfixturevalue("system")
        except pytest.FixtureLookupError:
            name = type(self).__name__
            mend = "add a fixture `system` that returns MLSystem(...) to the module or the class"
            pytest.fail(f"{name} describes no system; {mend}", pytrace=False)
        system.check_options(items_of(MLTestScoreSuite))
