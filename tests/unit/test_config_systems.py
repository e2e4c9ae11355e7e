"""Several systems in one configuration: what may be said of each, and what a mistake is told."""

from __future__ import annotations

import pytest

from pytest_mltestscore import catalog
from pytest_mltestscore.config import SystemConfig, Systems, load
from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.tags import OWN

RUBRIC = catalog.load()
TWO = """
    system = "shop"
    [systems.churn]
    paths = ["tests/churn", "tests/shared"]
    [systems.fraud]
    paths = "tests/*fraud*"
"""


@pytest.fixture
def read(tmp_path):
    def run(text):
        (tmp_path / "mlscore.toml").write_text(text, encoding="utf-8")
        return load(tmp_path, RUBRIC)

    return run


@pytest.fixture
def problems(read):
    def run(text):
        with pytest.raises(ConfigError) as caught:
            read(text)
        lines = str(caught.value).splitlines()
        return [line.removeprefix("mlscore.toml: ") for line in lines]

    return run


def statement(kind, system="", item="rollback"):
    says = {
        "attestations": 'date = 2026-01-02\nlink = "https://a.example"\nsummary = "s"\n'
        'distributed_to = "all"\nowner = "o"',
        "waivers": 'reason = "r"\nowner = "o"\nexpires = 2027-01-02',
        "accepted_faults": 'fault = "lost_versions"\nreason = "r"',
    }[kind]
    of = f"system = {system}\n" if system else ""
    return f'[[{kind}]]\nitem = "{item}"\n{of}{says}\n'


KINDS = ["attestations", "waivers", "accepted_faults"]


def test_paths_and_gates_are_read(read):
    text = f"""{TWO}
    fail_under = 2
    fail_under_section = {{data = 1, model = 2}}
    require = ["canary", "data-1:automated"]
    """
    churn, fraud = read(text).systems
    assert churn == SystemConfig(name="churn", paths=("tests/churn", "tests/shared"))
    assert fraud.paths == ("tests/*fraud*",)
    assert fraud.gates == {
        "fail_under": 2,
        "fail_under_section": {"data": 1, "model": 2},
        "require": ["canary", "data-1:automated"],
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "system, served",
    [
        ('"churn"', {"churn"}),
        ('["churn", "fraud", "churn"]', {"churn", "fraud"}),
        ('"shop"', {"shop"}),
        ('["shop", "fraud"]', {"shop", "fraud"}),
    ],
)
def test_a_statement_serves_the_systems_that_it_names(read, kind, system, served):
    project = read(TWO + statement(kind, system))
    found = {name: len(getattr(project.of(name), kind)) for name in ("shop", "churn", "fraud")}
    assert found == {name: int(name in served) for name in found}
    assert len(getattr(project, kind)) == int("shop" in served)


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_of_nobody_is_refused(problems, kind):
    assert problems(TWO + statement(kind)) == [
        (
            f'{kind}[0]: does not say of which system it speaks; add system = "churn", or a list of'
            " systems (there are churn, fraud, shop)"
        )
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_two_statements_clash_within_a_system_alone(read, problems, kind):
    assert read(TWO + statement(kind, '"churn"') + statement(kind, '"fraud"'))
    (problem,) = problems(TWO + statement(kind, '"churn"') + statement(kind, '["fraud", "churn"]'))
    assert f"{kind}[0]" in problem
    assert problem.endswith("keep one of the two")


@pytest.mark.parametrize("kind", KINDS)
def test_the_own_system_may_be_named_where_it_is_the_only_one(read, problems, kind):
    assert len(getattr(read('system = "shop"\n' + statement(kind, '"shop"')), kind)) == 1
    assert problems('system = "shop"\n' + statement(kind, '"churn"')) == [
        f"{kind}[0].system: unknown system 'churn'; declare it: [systems.churn]"
    ]


@pytest.mark.parametrize(
    "text, problem",
    [
        ("systems = 1", "systems: is 1; write each system below a header [systems.NAME]"),
        ("[systems]\nchurn = 1", "systems.churn: is 1; give a table"),
        (
            '[systems."a/b"]',
            (
                "systems: the name 'a/b' cannot be used; use at most 100 letters, digits, '.', '_'"
                " and '-', and not only dots"
            ),
        ),
        (
            "[systems.churn]\n[systems.Churn]",
            (
                "systems.Churn: churn and Churn differ only in case, as the names of their files"
                " would; rename one"
            ),
        ),
        (
            "[systems.churn]\npath = []",
            "systems.churn.path: unknown key; did you mean 'paths'?",
        ),
        ("[systems.churn]\npaths = 1", "systems.churn.paths: is 1; "),
        (
            '[systems.churn]\npaths = ["./"]',
            (
                "systems.churn.paths[0]: matches nothing; name a folder, a file, a test, or use"
                " wildcards"
            ),
        ),
        ("[systems.churn]\nfail_under = true", "systems.churn.fail_under: is true; give a number"),
        (
            "[systems.churn]\nrequire = [1]",
            "systems.churn.require: is [1]; give a list of items",
        ),
        (
            "[systems.churn]\nfail_under_section = 4",
            "systems.churn.fail_under_section: is 4; give a table such as {data = 4}",
        ),
        (
            TWO + statement("waivers", "1"),
            "waivers[0].system: is 1; give the name of a system, in quotes",
        ),
        (
            TWO + statement("waivers", "[]"),
            "waivers[0].system: is an empty list; name a system",
        ),
        (
            TWO + statement("waivers", '"fruad"'),
            "waivers[0].system: unknown system 'fruad'; did you mean 'fraud'?",
        ),
        (
            TWO + statement("waivers", '"zzz"'),
            (
                "waivers[0].system: unknown system 'zzz'; there are churn, fraud, shop,"
                " or declare it: [systems.zzz]"
            ),
        ),
    ],
)
def test_mistakes_are_named_with_place_and_mend(problems, text, problem):
    (found,) = problems(text)
    assert found.startswith(problem)


SYSTEMS = Systems(
    "shop",
    [
        SystemConfig(name="churn", paths=("tests/churn", "tests/shared")),
        SystemConfig(name="fraud", paths=("tests/*fraud*", "tests/shared")),
    ],
)


@pytest.mark.parametrize(
    "nodeid, served",
    [
        ("tests/churn/test_a.py::test", ("churn",)),
        ("tests/churn_old/test_a.py::test", (OWN,)),
        ("tests/test_fraud.py::test[a]", ("fraud",)),
        ("tests/shared/test_a.py::TestA::test", ("churn", "fraud")),
        ("test_a.py::test", (OWN,)),
    ],
)
def test_a_test_serves_the_systems_below_whose_paths_it_is(nodeid, served):
    assert SYSTEMS.of_path(nodeid) == served


def test_those_that_are_scored_are_chosen():
    churn = SystemConfig(name="churn")
    assert Systems("shop", [churn]).scored == ("churn", "shop")
    assert Systems("shop", [churn]).certain == {"churn"}
    assert Systems("shop", [churn], only=["shop"]).scored == ("shop",)
    assert Systems("shop", [churn], only=["shop"]).certain == {"shop"}
    assert Systems("shop").certain == {"shop"}
