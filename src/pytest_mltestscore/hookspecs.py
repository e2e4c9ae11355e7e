"""Hooks for other packages. The same hooks serve pytest's plugin manager and the `mlscore` command.

Implementations live in a module named by an entry point of the group `pytest_mltestscore`. It must
not import pytest, or the command would: mark hooks with `pluggy.HookimplMarker("pytest")`, which is
what `pytest.hookimpl` is.

```toml
[project.entry-points.pytest_mltestscore]
our-formats = "our_package.mlscore_hooks"
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .faults import Fault
    from .reporters import Reporter

hookspec = pluggy.HookspecMarker("pytest")


@hookspec
def pytest_mlscore_reporters() -> Sequence[Reporter]:  # type: ignore[empty-body]
    r"""Return further report types, for `--mlscore-report=NAME:FILE` and `mlscore report`.

    A reporter takes a record and returns text. All strings in a record are untrusted: escape them
    for the format. A name that is taken is an error.

    Examples
    --------
    >>> import pluggy
    >>> from pytest_mltestscore import hookspecs
    >>> from pytest_mltestscore import Reporter
    >>> def one_number(record):
    ...     return f"{record.score.final:g}\n"
    >>> class OurFormats:
    ...     @pluggy.HookimplMarker("pytest")
    ...     def pytest_mlscore_reporters(self):
    ...         return [
    ...             Reporter(
    ...                 name="number",
    ...                 destination="mlscore.txt",
    ...                 help="nothing but the score",
    ...                 render=one_number,
    ...             )
    ...         ]
    >>> manager = pluggy.PluginManager("pytest")
    >>> manager.add_hookspecs(hookspecs)
    >>> _ = manager.register(OurFormats())
    >>> [[reporter.name for reporter in found] for found in manager.hook.pytest_mlscore_reporters()]
    [['number']]
    """


@hookspec
def pytest_mlscore_rubrics() -> Mapping[str, Path]:  # type: ignore[empty-body]
    """Return further rubrics: the id that people type, and the folder that holds `rubric.toml`.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pluggy
    >>> from pytest_mltestscore import hookspecs
    >>> class OurRubrics:
    ...     @pluggy.HookimplMarker("pytest")
    ...     def pytest_mlscore_rubrics(self):
    ...         return {"our-rubric": Path("our_package") / "our_rubric"}
    >>> manager = pluggy.PluginManager("pytest")
    >>> manager.add_hookspecs(hookspecs)
    >>> _ = manager.register(OurRubrics())
    >>> [sorted(found) for found in manager.hook.pytest_mlscore_rubrics()]
    [['our-rubric']]
    """


@hookspec
def pytest_mlscore_faults() -> Sequence[Fault]:  # type: ignore[empty-body]
    """Return faults of your own, which `--mlscore-prove` is to try for the items that they name.

    Called in runs that prove tests only. A name that is taken is an error.

    Examples
    --------
    >>> import pluggy
    >>> from pytest_mltestscore import hookspecs
    >>> from pytest_mltestscore.faults import fault
    >>> @fault(items=["feature-schema"], fits=dict)
    ... def swapped_coordinates(place, rng):
    ...     '''Exchanges latitude and longitude.'''
    ...     return {**place, "lat": place["lon"], "lon": place["lat"]}
    >>> class OurFaults:
    ...     @pluggy.HookimplMarker("pytest")
    ...     def pytest_mlscore_faults(self):
    ...         return [swapped_coordinates]
    >>> manager = pluggy.PluginManager("pytest")
    >>> manager.add_hookspecs(hookspecs)
    >>> _ = manager.register(OurFaults())
    >>> [[fault.name for fault in found] for found in manager.hook.pytest_mlscore_faults()]
    [['swapped_coordinates']]
    """
