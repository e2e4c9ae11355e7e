"""What a project may say in its configuration, and what it hears when it says it wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from pytest_mltestscore import config
from pytest_mltestscore.config import ProjectConfig, TagPattern, load
from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.evidence import AcceptedFault, Attestation, Waiver
from pytest_mltestscore.domain.record import Policy
from pytest_mltestscore.domain.rubric import Credit, Item, Rubric


def item(item_id: str, name: str, *faults: str) -> Item:
    words = dict.fromkeys(
        ("title", "long_title", "holds", "fails", "why", "manual", "automate", "remedy"), "-"
    )
    return Item(
        id=item_id,
        name=name,
        section=item_id.partition("-")[0],
        effort="low",
        faults=faults,
        **words,
    )


RUBRIC = Rubric(
    id="small",
    version="1",
    title="Three items",
    source="none",
    aggregate="minimum",
    credit=Credit(manual=0.5, automated=1),
    bands=(),
    sections=(),
    items=(
        item("data-1", "feature-schema", "null_burst", "drop_column"),
        item("model-6", "slice-quality", "constant_predictions"),
        item("infra-6", "canary"),
    ),
)

ATTESTATION = {
    "item": '"canary"',
    "owner": '"Ada"',
    "date": "2026-11-23",
    "summary": '"Ten canaries were watched for a day."',
    "distributed_to": '"team-ml@example.org"',
    "link": '"https://wiki.example/canary"',
}
WAIVER = {
    "item": '"infra-6"',
    "reason": '"Batch only."',
    "owner": '"team-ml"',
    "expires": "2027-03-31",
}
ACCEPTED = {
    "fault": '"null_burst"',
    "test": '"tests/test_rows.py"',
    "item": '"feature-schema"',
    "reason": '"Nulls are dropped before."',
}


def entry(kind: str, base: dict[str, str], **changes: str | None) -> str:
    """Return an attestation or waiver as TOML; None removes a key."""
    lines = {**base, **changes}
    return "\n".join(
        [f"[[{kind}]]", *(f"{k} = {v}" for k, v in lines.items() if v is not None), ""]
    )


def attestation(**changes: str | None) -> str:
    return entry("attestations", ATTESTATION, **changes)


def waiver(**changes: str | None) -> str:
    return entry("waivers", WAIVER, **changes)


def accepted(**changes: str | None) -> str:
    return entry("accepted_faults", ACCEPTED, **changes)


class Project:
    """A folder with an `mlscore.toml`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def load(self, text: str) -> ProjectConfig:
        (self.root / "mlscore.toml").write_text(text, encoding="utf-8")
        return load(self.root, RUBRIC)

    def problems(self, text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.load(text)
        lines = str(caught.value).splitlines()
        assert all(line.startswith("mlscore.toml: ") and line.isprintable() for line in lines)
        return [line.removeprefix("mlscore.toml: ") for line in lines]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


def test_everything_at_once(project):
    (project.root / "proof.md").write_text("proof")
    text = f"""
        system = "churn"
        validation_errors = ["ours.errors.BadFrame", "theirs.Refused"]
        [tags]
        "tests/data" = "feature-schema"
        "tests/*::test_[ab]" = ["model-6", " DATA-1 ", "slice-quality"]
        [policy]
        require_ci = true
        max_waivers = 2
        {attestation()}
        {attestation(item='"data-1"', link=None, file='"proof.md"', expires="2027-01-01")}
        {waiver()}
    """
    assert project.load(text) == ProjectConfig(
        path=project.root / "mlscore.toml",
        system="churn",
        tags=(
            TagPattern("tests/data", ("data-1",)),
            TagPattern("tests/*::test_[ab]", ("model-6", "data-1")),
        ),
        attestations=(
            Attestation(
                item="infra-6",
                owner="Ada",
                date=dt.date(2026, 11, 23),
                expires=dt.date(2027, 2, 21),
                summary="Ten canaries were watched for a day.",
                distributed_to="team-ml@example.org",
                link="https://wiki.example/canary",
            ),
            Attestation(
                item="data-1",
                owner="Ada",
                date=dt.date(2026, 11, 23),
                expires=dt.date(2027, 1, 1),
                summary="Ten canaries were watched for a day.",
                distributed_to="team-ml@example.org",
                file="proof.md",
            ),
        ),
        waivers=(
            Waiver(
                item="infra-6",
                reason="Batch only.",
                owner="team-ml",
                expires=dt.date(2027, 3, 31),
            ),
        ),
        policy=Policy(require_ci=True, max_waivers=2),
        validation_errors=("ours.errors.BadFrame", "theirs.Refused"),
    )


GIVE_DATE = "give a date such as 2030-12-31, without a time of day"
KEYS_AT_TOP = (
    "system, systems, tags, attestations, waivers, accepted_faults, policy, validation_errors"
)
GIVE_CLASS = 'give module and name of a class, such as "mypackage.errors.BadFrame"'
LIST_OF = "write each entry below a header"
BELOW = "give a path below the folder of this configuration file"
UNKNOWN = "(`mlscore list` shows all items)"

BAD_SHAPES = [
    ("sistem = 1", "sistem: unknown key; did you mean 'system'?"),
    (
        "xyz = 1",
        f"xyz: unknown key; known keys: {KEYS_AT_TOP}",
    ),
    ("tags = 3", 'tags: is 3; give a table of lines such as "tests/x.py" = "y"'),
    (
        '[tags]\n"a" = "canari"',
        f"tags.'a': unknown rubric item 'canari'; did you mean 'canary'? {UNKNOWN}",
    ),
    (
        '[tags]\n"a" = "data-*"',
        f"tags.'a': unknown rubric item 'data-*'; did you mean 'data-1'? {UNKNOWN}",
    ),
    ('[tags]\n"a" = []', "tags.'a': is an empty list; name an item, or remove the line"),
    ('[tags]\n"a" = ""', "tags.'a': is ''; give the id or name of an item, in quotes"),
    ('[tags]\n"a" = [1]', "tags.'a': is 1; give the id or name of an item, in quotes"),
    ('[tags]\n"a" = true', "tags.'a': is true; give the id or name of an item, in quotes"),
    (
        "[tags]\na.py = 'data-1'",
        "tags.'a': is a table; put the whole glob in quotes, dots included",
    ),
    (
        "[tags]\n'./' = 'data-1'",
        "tags.'./': matches nothing; name a folder, a file, a test, or use wildcards",
    ),
    (
        "[tags]\n\"a\\u001b[31m\\u202e\" = ''",
        "tags.'a\\x1b[31m\\u202e': is ''; give the id or name of an item, in quotes",
    ),
    ("attestations = 3", f"attestations: is 3; {LIST_OF} [[attestations]]"),
    ("[attestations]\na = 1", f"attestations: is {{'a': 1}}; {LIST_OF} [[attestations]]"),
    ("attestations = [3]", "attestations[0]: is 3; give a table"),
    ("[waivers]", f"waivers: is {{}}; {LIST_OF} [[waivers]]"),
    ("waivers = ['x']", "waivers[0]: is 'x'; give a table"),
    ("policy = []", "policy: is []; give a table"),
    ("[policy]\nrequire_cy = true", "policy.require_cy: unknown key; did you mean 'require_ci'?"),
    ("[policy]\nrequire_ci = 'yes'", "policy.require_ci: is 'yes'; give true or false"),
    ("[policy]\nmax_waivers = true", "policy.max_waivers: is true; give a whole number"),
    ("[policy]\nmax_waivers = 1.5", "policy.max_waivers: is 1.5; give a whole number"),
    ("[policy]\nmax_waivers = nan", "policy.max_waivers: is nan; give a finite number"),
    ("validation_errors = 'a.B'", "validation_errors: is 'a.B'; give a list of names"),
    ("validation_errors = ['BadFrame']", f"validation_errors[0]: is 'BadFrame'; {GIVE_CLASS}"),
    ("validation_errors = ['a.B', 3]", f"validation_errors[1]: is 3; {GIVE_CLASS}"),
    ("validation_errors = ['a.B()']", f"validation_errors[0]: is 'a.B()'; {GIVE_CLASS}"),
    ("[policy]\nmax_waivers = -1", "policy.max_waivers: is -1; give a number from 0 up"),
]

BAD_ATTESTATIONS = [
    ({"item": None}, "item: missing; give text in quotes"),
    ({"owner": None}, "owner: missing; give text in quotes"),
    ({"date": None}, f"date: missing; {GIVE_DATE}"),
    ({"summary": None}, "summary: missing; give text in quotes"),
    ({"distributed_to": None}, "distributed_to: missing; give text in quotes"),
    ({"owner": '""'}, "owner: is empty; fill it in"),
    ({"owner": '" \\t"'}, "owner: is empty; fill it in"),
    ({"summary": '""'}, "summary: is empty; fill it in"),
    ({"distributed_to": '""'}, "distributed_to: is empty; fill it in"),
    ({"owner": '"..."'}, "owner: is '...', which says nothing; fill it in"),
    ({"summary": '"TODO"'}, "summary: is 'TODO', which says nothing; fill it in"),
    ({"distributed_to": '"<who>"'}, "distributed_to: is '<who>', which says nothing; fill it in"),
    ({"link": '"https://..."'}, "link: is 'https://...', which says nothing; fill it in"),
    ({"link": '""'}, "link: is empty; fill it in"),
    ({"link": None, "file": '""'}, "file: is empty; fill it in"),
    ({"item": '""'}, "item: is ''; give the id or name of an item, in quotes"),
    ({"owner": "['Ada']"}, "owner: is ['Ada']; give text in quotes"),
    ({"item": "1"}, "item: is 1; give text in quotes"),
    ({"link": "1"}, "link: is 1; give text in quotes"),
    (
        {"automated": "true"},
        "automated: no statement is automated; remove the key, and tag a test with the item",
    ),
    ({"ownr": "'Ada'"}, "ownr: unknown key; did you mean 'owner'?"),
    ({"item": '"canry"'}, f"item: unknown rubric item 'canry'; did you mean 'canary'? {UNKNOWN}"),
    ({"item": '"zzz"'}, f"item: unknown rubric item 'zzz' {UNKNOWN}"),
    (
        {"item": '"data-*"'},
        "item: is 'data-*'; a statement is about one item, so name just that one",
    ),
    ({"item": '"*"'}, "item: is '*'; a statement is about one item, so name just that one"),
    (
        {"item": '"data-[1]"'},
        "item: is 'data-[1]'; a statement is about one item, so name just that one",
    ),
    ({"date": "'soon'"}, f"date: is 'soon'; {GIVE_DATE}"),
    ({"date": "'23.11.2026'"}, f"date: is '23.11.2026'; {GIVE_DATE}"),
    ({"date": "'2026-02-30'"}, f"date: is '2026-02-30'; {GIVE_DATE}"),
    ({"date": "'2026-11-23T10:00:00Z'"}, f"date: is '2026-11-23T10:00:00Z'; {GIVE_DATE}"),
    ({"date": "20261123"}, f"date: is 20261123; {GIVE_DATE}"),
    ({"date": "10:00:00"}, f"date: is 10:00:00; {GIVE_DATE}"),
    ({"date": "2026-11-23T10:00:00"}, f"date: is 2026-11-23T10:00:00; {GIVE_DATE}"),
    ({"date": "0001-01-01T00:00:00+14:00"}, f"date: is 0001-01-01T00:00:00+14:00; {GIVE_DATE}"),
    ({"expires": "2027-01-01T10:00:00"}, f"expires: is 2027-01-01T10:00:00; {GIVE_DATE}"),
    ({"expires": "'never'"}, f"expires: is 'never'; {GIVE_DATE}"),
    (
        {"expires": "2026-11-22"},
        "expires: 2026-11-22 is before the date 2026-11-23; give a later day",
    ),
    (
        {"expires": "2026-11-23T08:00:00+09:00"},
        "expires: 2026-11-22 is before the date 2026-11-23; give a later day",
    ),
    (
        {"link": '"a\\nb"'},
        "link: holds line breaks, double blanks or control characters; remove them",
    ),
    (
        {"link": '"a\\u001b[31mb"'},
        "link: holds line breaks, double blanks or control characters; remove them",
    ),
    (
        {"link": '"a\\u202eb"'},
        "link: holds line breaks, double blanks or control characters; remove them",
    ),
    ({"link": f'"{"x" * 1_001}"'}, "link: is longer than 1000 characters; shorten it"),
]

BAD_FILES = [
    ("gone.md", "does not exist; add the file, or mend the path"),
    ("mlscore.toml/x", "does not exist; add the file, or mend the path"),
    ("../outside.md", f"goes up by '..'; {BELOW}"),
    ("docs/../mlscore.toml", f"goes up by '..'; {BELOW}"),
    ("..", f"goes up by '..'; {BELOW}"),
    ("/etc/passwd", f"is not relative; {BELOW}"),
    ("//host/share", f"is not relative; {BELOW}"),
    ("~/secret", f"is not relative; {BELOW}"),
    ("~root", f"is not relative; {BELOW}"),
    ("file:///etc/passwd", f"is not relative; {BELOW}"),
    ("FILE:etc", f"is not relative; {BELOW}"),
    ("C:/Windows", f"is not relative; {BELOW}"),
    ("c:x", f"is not relative; {BELOW}"),
    ("https://wiki.example/x", "is an address; write it as link"),
    ("..\\\\outside.md", "holds a backslash; separate folders by '/', on Windows too"),
    ("C:\\\\Windows", "holds a backslash; separate folders by '/', on Windows too"),
    ("docs", "is no regular file; name one"),
    (".", "is no regular file; name one"),
    ("pipe", "is no regular file; name one"),
    ("link-out", f"is a link that leads out of the project; {BELOW}"),
    ("folder-out/outside.md", f"is a link that leads out of the project; {BELOW}"),
    ("link-to-nothing", "does not exist; add the file, or mend the path"),
    ("a\\u0000b", "holds blanks at an end, line breaks or control characters; remove them"),
    ("mlscore.toml\\n", "holds blanks at an end, line breaks or control characters; remove them"),
    (" mlscore.toml", "holds blanks at an end, line breaks or control characters; remove them"),
    ("x" * 300, "cannot be looked at: File name too long; mend the path"),
]

BAD_WAIVERS = [
    ({"item": None}, "item: missing; give text in quotes"),
    ({"reason": None}, "reason: missing; give text in quotes"),
    ({"owner": None}, "owner: missing; give text in quotes"),
    ({"expires": None}, f"expires: missing; {GIVE_DATE}"),
    ({"reason": '""'}, "reason: is empty; fill it in"),
    ({"reason": '" ... "'}, "reason: is ' ... ', which says nothing; fill it in"),
    ({"owner": '" "'}, "owner: is empty; fill it in"),
    ({"expires": "2027-01-01T10:00:00"}, f"expires: is 2027-01-01T10:00:00; {GIVE_DATE}"),
    (
        {"item": '"infra-*"'},
        "item: is 'infra-*'; a statement is about one item, so name just that one",
    ),
    ({"item": '"canry"'}, f"item: unknown rubric item 'canry'; did you mean 'canary'? {UNKNOWN}"),
    ({"reasons": '"x"'}, "reasons: unknown key; did you mean 'reason'?"),
]


@pytest.mark.parametrize("text, problem", BAD_SHAPES)
def test_wrong_shapes_are_named_with_key_and_mend(project, text, problem):
    assert project.problems(text) == [problem]


@pytest.mark.parametrize("changes, problem", [(c, p) for c, p in BAD_ATTESTATIONS if p is not None])
def test_a_wrong_attestation_is_named_with_key_and_mend(project, changes, problem):
    assert project.problems(attestation(**changes)) == [f"attestations[0].{problem}"]


def test_an_attestation_shows_one_thing(project):
    (project.root / "proof.md").touch()
    assert project.problems(attestation(link=None)) == [
        "attestations[0]: shows nothing; give a link, or a file of the project"
    ]
    assert project.problems(attestation(file='"proof.md"')) == [
        "attestations[0]: has a link and a file; keep one of the two"
    ]


@pytest.mark.parametrize("file, problem", BAD_FILES)
def test_a_file_is_a_regular_file_of_the_project(project, tmp_path, file, problem):
    (tmp_path / "outside.md").write_text("outside")
    (project.root / "docs").mkdir()
    (project.root / "link-out").symlink_to(tmp_path / "outside.md")
    (project.root / "folder-out").symlink_to(tmp_path)
    (project.root / "link-to-nothing").symlink_to("nothing")
    os.mkfifo(project.root / "pipe")
    (line,) = project.problems(attestation(link=None, file=f'"{file}"'))
    assert line.startswith("attestations[0].file: '")
    assert line.endswith(f"' {problem}")


def test_a_loop_of_links_is_no_file(project):
    (project.root / "loop").symlink_to("loop")
    (line,) = project.problems(attestation(link=None, file='"loop"'))
    # Versions of Python differ in what they raise.
    assert line.startswith("attestations[0].file: 'loop' ")
    assert line.endswith(
        ("is a loop of links; name a regular file", "levels of symbolic links; mend the path")
    )


@pytest.mark.parametrize(
    "file", ["proof.md", "docs/proof.md", "./docs/proof.md", "link", "Größe.md"]
)
def test_files_that_count(project, file):
    (project.root / "docs").mkdir()
    for name in ("proof.md", "docs/proof.md", "Größe.md"):
        (project.root / name).write_text("proof")
    (project.root / "link").symlink_to("docs/proof.md")
    (read,) = project.load(attestation(link=None, file=f'"{file}"')).attestations
    assert (read.file, read.link) == (file, "")


def test_files_are_relative_to_the_configuration_file(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "proof.md").write_text("proof")
    path = tmp_path / "other" / "pyproject.toml"
    text = attestation(link=None, file='"proof.md"').replace("[[", "[[tool.mlscore.")
    path.write_text(text)
    assert load(tmp_path, RUBRIC, pyproject=path).attestations[0].file == "proof.md"


@pytest.mark.parametrize("changes, problem", BAD_WAIVERS)
def test_a_wrong_waiver_is_named_with_key_and_mend(project, changes, problem):
    assert project.problems(waiver(**changes)) == [f"waivers[0].{problem}"]


FAULTS = "(`mlscore explain ITEM` lists the faults of an item)"

BAD_ACCEPTED = [
    ({"fault": None}, ".fault: missing; give text in quotes"),
    ({"reason": None}, ".reason: missing; give text in quotes"),
    ({"fault": '""'}, ".fault: is empty; fill it in"),
    ({"reason": '"tbd"'}, ".reason: is 'tbd', which says nothing; fill it in"),
    ({"reason": '" "'}, ".reason: is empty; fill it in"),
    ({"test": '""'}, ".test: is empty; fill it in"),
    (
        {"test": '"./"'},
        ".test: matches nothing; name a folder, a file, a test, or use wildcards",
    ),
    ({"test": "1"}, ".test: is 1; give text in quotes"),
    ({"item": "1"}, ".item: is 1; give text in quotes"),
    (
        {"item": '"shema"'},
        f".item: unknown rubric item 'shema'; did you mean 'feature-schema'? {UNKNOWN}",
    ),
    (
        {"test": None, "item": None},
        ": names no test; add test (a node id or pattern), item, or both",
    ),
    (
        {"fault": '"null_brust"'},
        f".fault: unknown fault 'null_brust'; did you mean 'null_burst'? {FAULTS}",
    ),
    ({"fault": '"xyz"', "item": None}, f".fault: unknown fault 'xyz' {FAULTS}"),
    (
        {"item": '"model-6"'},
        (
            ".fault: 'null_burst' does not belong to model-6"
            " (`mlscore explain model-6` lists those that do)"
        ),
    ),
    ({"until": "2027-01-01"}, ".until: unknown key; known keys: fault, reason, test, item"),
]


@pytest.mark.parametrize("changes, problem", BAD_ACCEPTED)
def test_a_wrong_accepted_fault_is_named_with_key_and_mend(project, changes, problem):
    assert project.problems(accepted(**changes)) == [f"accepted_faults[0]{problem}"]


def test_accepted_faults_are_about_a_test_or_an_item_or_both(project):
    text = accepted() + accepted(item=None) + accepted(test=None, item='" DATA-1 "')
    reason = "Nulls are dropped before."
    assert project.load(text).accepted_faults == (
        AcceptedFault(fault="null_burst", reason=reason, test="tests/test_rows.py", item="data-1"),
        AcceptedFault(fault="null_burst", reason=reason, test="tests/test_rows.py"),
        AcceptedFault(fault="null_burst", reason=reason, item="data-1"),
    )


def test_a_fault_of_a_plugin_is_unknown_only_where_all_are_known(project):
    (project.root / "mlscore.toml").write_text(accepted(fault='"lost_samples"'), encoding="utf-8")
    (read,) = load(project.root, RUBRIC, all_faults_known=False).accepted_faults
    assert read.fault == "lost_samples"
    with pytest.raises(ConfigError, match="unknown fault 'lost_samples'"):
        load(project.root, RUBRIC)


def test_what_is_accepted_twice_is_said_once(project):
    text = accepted() + accepted(fault='"drop_column"') + accepted(reason='"Another one."')
    assert project.problems(text) == [
        "accepted_faults[2]: says the same as accepted_faults[0]; keep one of the two"
    ]


def test_a_long_reason_is_cut(project):
    (read,) = project.load(accepted(reason=f'"{"x" * 5_000}"')).accepted_faults
    assert 1_000 < len(read.reason) < 2_100
    assert "characters cut" in read.reason


@pytest.mark.parametrize("make, kind", [(attestation, "attestations"), (waiver, "waivers")])
def test_one_item_has_one_statement_of_a_kind(project, make, kind):
    text = make() + make(item='"data-1"') + make(item='"CANARY"') + make(item='"infra-6"')
    assert project.problems(text) == [
        f"{kind}[{index}].item: infra-6 is in {kind}[0] already; keep one of the two"
        for index in (2, 3)
    ]


def test_an_item_may_be_attested_and_waived(project):
    read = project.load(attestation() + waiver())
    assert (read.attestations[0].item, read.waivers[0].item) == ("infra-6", "infra-6")


def test_five_faults_are_five_lines(project):
    text = (
        'sytem = "x"\n[tags]\n"a" = "data-x"\n[policy]\nmax_waivers = "two"\n'
        + attestation(owner=None)
        + waiver(expires="'never'")
    )
    lines = project.problems(text)
    assert [line.split(": ")[0] for line in lines] == [
        "sytem",
        "tags.'a'",
        "attestations[0].owner",
        "waivers[0].expires",
        "policy.max_waivers",
    ]


def test_five_faults_of_one_entry_are_five_lines(project):
    text = attestation(owner=None, summary='""', item='"x"', expires="2020-01-01", file='"/x"')
    keys = [line.split(": ")[0].partition(".")[2] for line in project.problems(text)]
    assert sorted(keys) == ["", "expires", "file", "item", "owner", "summary"]


def test_keys_in_pyproject_are_named_in_full(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[tool.mlscore]\nsytem = 1\nwaivers = 3\n[[tool.mlscore.attestations]]\nlink = 'x'\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, RUBRIC)
    lines = str(caught.value).splitlines()
    assert lines[0] == "pyproject.toml: tool.mlscore.sytem: unknown key; did you mean 'system'?"
    assert (
        "pyproject.toml: tool.mlscore.attestations[0].item: missing; give text in quotes" in lines
    )
    assert lines[-1] == (
        "pyproject.toml: tool.mlscore.waivers: is 3; "
        "write each entry below a header [[tool.mlscore.waivers]]"
    )


@pytest.mark.parametrize(
    "written, date",
    [
        ("2028-02-29", dt.date(2028, 2, 29)),
        ("'2028-02-29'", dt.date(2028, 2, 29)),
        ("2026-11-23T10:00:00Z", dt.date(2026, 11, 23)),
        ("2026-11-23T00:30:00+14:00", dt.date(2026, 11, 22)),
        ("2026-11-23 23:30:00-12:00", dt.date(2026, 11, 24)),
        ("2028-02-29T23:30:00-01:00", dt.date(2028, 3, 1)),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
def test_dates_are_days_in_utc_wherever_the_machine_is(project, monkeypatch, zone, written, date):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        read = project.load(attestation(date=written) + waiver(expires=written))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (read.attestations[0].date, read.waivers[0].expires) == (date, date)


@pytest.mark.parametrize(
    "date, expires",
    [
        ("2026-11-23", dt.date(2027, 2, 21)),
        ("2027-12-01", dt.date(2028, 2, 29)),
        ("2026-12-01", dt.date(2027, 3, 1)),
        ("9999-12-01", dt.date(9999, 12, 31)),
    ],
)
def test_an_attestation_expires_after_ninety_days_unless_it_says_so(project, date, expires):
    assert project.load(attestation(date=date)).attestations[0].expires == expires


def test_an_attestation_may_last_for_one_day(project):
    read = project.load(attestation(expires="2026-11-23"))
    assert read.attestations[0].expires == dt.date(2026, 11, 23)


def test_texts_are_made_safe_to_show(project):
    text = attestation(
        owner='" Ada\\u001b[31m\\nL. "',
        summary='"""\nOne\\u0007\nTwo\u202e\n"""',
        link='" JIRA-7 "',
    )
    (read,) = project.load(text).attestations
    assert (read.owner, read.summary, read.link) == ("Ada L.", "One\\x07\nTwo\\u202e", "JIRA-7")


def test_very_long_texts_are_cut_in_the_middle(project):
    (read,) = project.load(waiver(reason=f'"{"x" * 5_000}"')).waivers
    assert "characters cut" in read.reason
    assert len(read.reason) < 2_100


def test_very_long_words_are_cut_in_messages(project):
    word = "x" * 50_000
    text = f'{word} = 1\nsystem = "{word}"\n[tags]\n"{word}" = "{word}"\n' + attestation(
        item=f'"{word}"', date=f'"{word}"', link=None, file=f'"{word}"'
    )
    lines = project.problems(text)
    assert len(lines) == 6
    assert all(len(line) < 500 for line in lines)


def test_very_deep_values_are_cut_in_messages(project):
    deep = "[" * 300 + "]" * 300
    lines = project.problems(f"system = {deep}\ntags = {deep}\npolicy.require_ci = {deep}\n")
    assert len(lines) == 3
    assert all(len(line) < 300 for line in lines)


def test_the_result_can_not_be_changed():
    with pytest.raises(AttributeError):
        ProjectConfig().system = "other"


def test_every_public_name_is_documented_and_there():
    assert all(getattr(config, name).__doc__ for name in config.__all__)


WORDS = st.sampled_from(
    ["data-1", "canary", "x", "", "*", "tests/a.py", "2026-11-23", "../x", "a\nb", "\u202e"]
)
SCALARS = st.one_of(
    WORDS.map(lambda w: '"' + w.replace("\n", "\\n") + '"'),
    st.sampled_from(["1", "-1", "true", "nan", "inf", "[]", "{}", "[[]]", "[1, 'x']", "{a = 1}"]),
    st.sampled_from(["2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00:00+01:00", "10:00:00"]),
)
KEYS = st.sampled_from(
    [
        *ATTESTATION,
        *WAIVER,
        "fault",
        "test",
        "file",
        "automated",
        "require_ci",
        "max_waivers",
        "system",
        "tags",
        "x",
    ]
)
HEADERS = st.sampled_from(
    ["", "[tags]", "[policy]", "[[attestations]]", "[[waivers]]", "[[accepted_faults]]"]
)
TABLES = st.tuples(HEADERS, st.dictionaries(KEYS, SCALARS, max_size=9))


@settings(suppress_health_check=strategies.fixtures_are_shared)
@given(st.lists(TABLES, max_size=4))
def test_any_tables_give_a_configuration_or_a_list_of_problems(project, tables):
    text = "\n".join(
        "\n".join([header, *(f"{key} = {value}" for key, value in lines.items())])
        for header, lines in tables
    )
    with contextlib.suppress(ConfigError):
        read = project.load(text)
        assert len({a.item for a in read.attestations}) == len(read.attestations)
        assert all(a.owner and a.expires >= a.date for a in read.attestations)
        assert all(a.link or a.file for a in read.attestations)
        return
    assert project.problems(text)
