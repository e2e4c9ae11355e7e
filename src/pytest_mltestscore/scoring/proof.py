"""What trials of tests say of an item: which of its faults somebody caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..domain.evidence import TestEvidence
from ..domain.proof import best_trials
from ..domain.record import ItemProof


def item_proof(tests: Sequence[TestEvidence], faults: Sequence[str]) -> ItemProof | None:
    """Count the faults of an item by the best that any of its tests did about them.

    None if no test was tried.
    """
    proofs = [test.proof for test in tests if test.proof is not None]
    if not proofs:
        return None
    counts = Counter(trial.verdict for trial in best_trials(proofs, faults))
    return ItemProof(
        caught=counts["caught"],
        missed=counts["missed"],
        no_verdict=counts["no-verdict"],
        accepted=counts["accepted"],
    )
