"""Where and when a run took place: git, CI, versions, the clock; and keeping secrets out of it.

Facts come from an allow-list. No other part of the environment, no host name and no user name can
reach a record through here.
"""

from __future__ import annotations

from ._ancestry import Ancestry, ancestry, precedes
from ._blobs import Place, contents
from ._ci import ci_branch, ci_facts
from ._clock import today
from ._git import GitFacts, git_facts
from ._history import Commit, History, Person
from ._secrets import SecretMask, mask_secrets
from ._versions import versions

__all__ = [
    "Ancestry",
    "Commit",
    "GitFacts",
    "History",
    "Person",
    "Place",
    "SecretMask",
    "ancestry",
    "ci_branch",
    "ci_facts",
    "contents",
    "git_facts",
    "mask_secrets",
    "precedes",
    "today",
    "versions",
]
