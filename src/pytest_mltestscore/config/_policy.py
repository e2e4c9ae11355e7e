"""Policy: what a project asks of its evidence, beyond the paper."""

from __future__ import annotations

from ..domain.errors import UnknownItemError, nearest
from ..domain.record import Policy
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import clean_line
from ._problems import Problems

DEFAULT = "default"


def read_policy(value: object, rubric: Rubric, problems: Problems) -> Policy:
    """Read the table `policy`, noting every problem."""
    if not isinstance(value, dict):
        problems.add("policy", f"is {shown(value)}; give a table")
        return Policy()
    table = dict(value)
    if isinstance(table.get("branches"), str):
        table["branches"] = [table["branches"]]
    if "max_age_days" in table:
        table["max_age_days"] = _ages(table["max_age_days"], rubric, problems)
    policy = problems.read(Policy, table, "policy")
    if policy is None:
        return Policy()
    _check_numbers(policy, problems)
    return policy


def _check_numbers(policy: Policy, problems: Problems) -> None:
    if policy.max_waivers is not None and policy.max_waivers < 0:
        mend = "give a number from 0 up"
        problems.add("policy.max_waivers", f"is {shown(policy.max_waivers)}; {mend}")
    if policy.min_runs < 1:
        problems.add("policy.min_runs", f"is {shown(policy.min_runs)}; give a number from 1 up")
    if not 0 < policy.window_days <= 10_000:
        problems.add("policy.window_days", f"is {shown(policy.window_days)}; give days, such as 90")
    longest = max(policy.max_age_days.values(), default=0.0)
    if longest > policy.window_days:
        problems.add(
            "policy.window_days",
            f"is {policy.window_days:g}, less than a max_age_days of {longest:g}; raise it",
        )


def _ages(value: object, rubric: Rubric, problems: Problems) -> object:
    """Return age limits by item id, section id, or `default`; one number is the default."""
    key = "policy.max_age_days"
    if not isinstance(value, dict):
        value = {DEFAULT: value}
    read: dict[str, object] = {}
    for word, days in value.items():
        name = _place(word, rubric, problems, key)
        if not isinstance(days, int | float) or isinstance(days, bool) or not days > 0:
            place = key if word == DEFAULT else f"{key}.{clean_line(str(word), limit=80)}"
            problems.add(place, f"is {shown(days)}; give days above 0, such as 0.5 or 7")
        elif name in read:
            problems.add(key, f"{name} is there twice; keep one of the two")
        elif name:
            read[name] = float(days)
    return read


def _place(word: str, rubric: Rubric, problems: Problems, key: str) -> str:
    """Return the id of an item or section, or `default`."""
    sections = [section.id for section in rubric.sections]
    if word in (DEFAULT, *sections):
        return word
    try:
        return rubric.find(word).id
    except UnknownItemError as error:
        closest = nearest(word, [DEFAULT, *sections]) or error.suggestion
        hint = f"; did you mean {closest!r}?" if closest else ""
        name = clean_line(word, limit=80)
        problems.add(f"{key}.{name}", f"is no section, item, or {DEFAULT!r}{hint}")
        return ""
