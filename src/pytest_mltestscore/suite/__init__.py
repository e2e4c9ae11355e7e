"""Ready-made tests for a system that is described once: one test an item, tagged, overridable.

```python
import pytest
from pytest_mltestscore.suite import MLSystem, MLTestScoreSuite


@pytest.fixture(scope="module")
def system():
    return MLSystem(name="churn", train_data=..., label="churned", model=...)


class TestChurn(MLTestScoreSuite):
    pass
```

A test whose parts are not given skips and says what to add. A test of your own in the class, of the
same name, replaces one of these; tests elsewhere add up with them.
"""

from __future__ import annotations

from ..domain.mlsystem import MLSystem
from ._suite import MLTestScoreSuite

__all__ = ["MLSystem", "MLTestScoreSuite"]
