"""Register what proves tests, if that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

import pytest

from ..collect.collection import CollectionReader
from ..collect.ledger import Ledger
from ..collect.timekeeping import Seconds
from ..domain.errors import nearest
from ..domain.rubric import Rubric
from ..domain.tags import item_of
from ..domain.text import clean_line
from . import screen
from .options import PROVING_NEEDS, Proving, effective, proving


def register(
    config: pytest.Config,
    reader: CollectionReader,
    rubric: Rubric,
    validation_errors: Sequence[str] = (),
    ledger: Ledger | None = None,
) -> dict[str, Seconds]:
    """Register the prover where tests run, and what tells of it where there is a ledger.

    Returns the seconds that proving takes, which fill meanwhile, by the kind of proof.

    Raises
    ------
    pytest.UsageError
        For options that are wrong, and for libraries that are missing.
    """
    asked = proving(config)
    if asked is None:
        return {}
    _check(config, asked)
    from ..collect.proving.memory import Memory
    from ..collect.proving.progress import Progress
    from ..collect.proving.prover import MOST_RERUNS, ProverPlugin
    from ..collect.proving.terms import Terms

    kind = asked.only or ("full" if asked.full else "quick")
    heard: dict[str, Seconds] = {}
    progress = None
    if ledger is not None:
        most = MOST_RERUNS if kind == "quick" else None
        progress = Progress(config, ledger, kind, most, partial(screen.say, config))
        config.pluginmanager.register(progress, "mlscore-progress")
        heard[kind] = progress.seconds
    faults = {item.id: item.faults for item in rubric.items}
    terms = Terms(*asked, validation_errors=tuple(validation_errors))
    prover = ProverPlugin(
        # A test is proved once, whatever systems it serves.
        lambda item: [faults[i] for i in dict.fromkeys(map(item_of, reader.tags_of(item)))],
        terms,
        Memory.of_run(config, terms),
        progress.beat if progress else lambda _: None,
    )
    config.pluginmanager.register(prover, "mlscore-prover")
    return heard


def _check(config: pytest.Config, asked: Proving) -> None:
    label = effective(config, "prove_only" if asked.only else "prove").label
    for module in PROVING_NEEDS:
        if find_spec(module) is None:
            raise pytest.UsageError(
                f"mlscore: {label} needs {module}: pip install 'pytest-mltestscore[checks]'"
            )
    if asked.only:
        _refuse_unknown(asked.only, label)
    if asked.isolated:
        from ..collect.proving.children import can_fork

        if not can_fork():
            raise pytest.UsageError(
                f"mlscore: {effective(config, 'prove_isolation').label}: this system cannot make "
                "processes that start with all that is in memory; leave it out"
            )


def _refuse_unknown(fault: str, label: str) -> None:
    from ..faults import known_faults

    known = known_faults()
    if fault not in known:
        closest = nearest(fault, known)
        mend = f"did you mean {closest!r}?" if closest else "`mlscore explain ITEM` names them"
        shown = repr(clean_line(fault, limit=80))
        raise pytest.UsageError(f"mlscore: {label}: there is no fault {shown}; {mend}")
