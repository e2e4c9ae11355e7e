"""A test that did not change is not proved again, and whatever changes has it proved again."""

from __future__ import annotations

import json
import re

import pytest

import needs
from proving import FRAME, PROVE, SOUND, VACUOUS, proof_of

needs.module_at_import("narwhals", "numpy", "pandas", "joblib")

FILES = {
    "test_it.py": "import pandas as pd\nimport pytest\nfrom limits import LIMIT\n"
    + SOUND.replace("1000", "LIMIT"),
    "conftest.py": FRAME,
    "limits.py": "from deeper import most\nLIMIT = most()\n",
    "deeper.py": "def most():\n    return 1000\n",
}


@pytest.fixture
def proofs(pytester, score):
    """Prove the same files again and again; return the proof, and how often the test was run."""
    for name, text in FILES.items():
        (pytester.path / name).write_text(text)

    def prove(*options, edit=None):
        if edit:
            name, old, new = edit
            file = pytester.path / name
            assert old in file.read_text()
            file.write_text(file.read_text().replace(old, new))
        return proof_of(score("-p", "no:randomly", *(options or PROVE)))

    return prove


def remembered(proof):
    return proof.get("remembered", 0)


def test_what_did_not_change_is_known(proofs):
    first, second = proofs(), proofs()
    decided = [t for t in first["trials"] if t["verdict"] != "no-verdict"]
    assert remembered(first) == 0
    assert remembered(second) == len(decided) > 5
    assert second["trials"] == first["trials"]


def test_it_is_done_with_as_early_as_the_first_time(proofs):
    first, second = (proofs("--mlscore-prove") for _ in range(2))
    second.pop("remembered")
    assert first == second


@pytest.mark.parametrize(
    "edit",
    [
        ("test_it.py", "'AA', 'DL'", "'DL', 'AA'"),
        ("conftest.py", "100.0, 200.0", "100.0, 250.0"),
        ("limits.py", "most()", "most() + 1"),
        ("deeper.py", "1000", "2000"),
    ],
    ids=lambda edit: edit[0],
)
def test_what_changed_is_proved_again(proofs, edit):
    if edit[0] == "test_it.py":
        edit = ("test_it.py", '"AA", "DL"', '"DL", "AA"')
    proofs()
    assert remembered(proofs(edit=edit)) == 0
    assert remembered(proofs()) > 0


@pytest.mark.parametrize(
    "option", ["--cache-clear", "-p no:cacheprovider", "--mlscore-prove-isolation=process"]
)
def test_other_terms_and_no_cache_know_nothing(proofs, option):
    proofs()
    assert remembered(proofs(*PROVE, *option.split())) == 0


def test_workers_know_as_well(proofs):
    needs.module("xdist")
    proofs()
    assert remembered(proofs(*PROVE, "-n", "2")) > 5


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"key": 1}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "torn", "list", "number", "binary", "deep"],
)
def test_a_cache_that_is_torn_or_alien_is_none(pytester, proofs, content):
    first = proofs()
    (file,) = (pytester.path / ".pytest_cache" / "d" / "mlscore-proofs").iterdir()
    kept = json.loads(file.read_bytes())
    assert len(kept["trials"]) > 5
    file.write_bytes(content)
    assert proofs() == first
    assert json.loads(file.read_bytes()) == kept


def test_no_cache_can_be_made_and_nothing_is_known(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    (pytester.path / "file").touch()
    assert remembered(proof_of(score(*PROVE, "-o", "cache_dir=file/cache"))) == 0


@pytest.mark.parametrize(
    "content", ["[" * 200_000, "[1]", '{"call": {"a": "b"}}'], ids=["deep", "list", "text"]
)
def test_alien_times_foretell_nothing(pytester, score, content):
    pytester.makepyfile(FRAME + SOUND)
    folder = pytester.path / ".pytest_cache" / "v" / "mlscore"
    folder.mkdir(parents=True)
    (folder / "seconds").write_text(content)
    scored = score("--mlscore-prove")
    assert scored.ret == 0
    assert any(line.endswith("known after the first time") for line in scored.result.outlines)


def test_work_in_processes_of_their_own_shows_that_it_goes_on(pytester, score):
    pytester.makeconftest(
        "from pytest_mltestscore.collect.proving import progress\nprogress.EVERY_S = 0.0\n"
    )
    pytester.makepyfile(FRAME + SOUND)
    lines = score(*PROVE, "--mlscore-prove-isolation=process").result.outlines
    counts = [int(m[1]) for line in lines if (m := re.search(r"proved, (\d+) re-run", line))]
    assert counts == [*range(1, len(counts) + 1)]
    assert len(counts) > 5


def test_what_cannot_be_told_apart_is_proved_again(pytester, score):
    pytester.makepyfile(
        FRAME
        + VACUOUS.replace("(rows)", "(rows, how)")
        + "\n@pytest.fixture\ndef how():\n    return (n for n in range(1))\n"
    )
    for _ in range(2):
        assert remembered(proof_of(score(*PROVE))) == 0


def test_of_a_system_only_what_is_read_counts(pytester, score):
    system = (
        "import pandas as pd\nimport pytest\nfrom pathlib import Path\n"
        "from pytest_mltestscore.suite import MLSystem\n"
        "@pytest.fixture\ndef system():\n"
        "    rows = pd.DataFrame({'km': [1.0, 2.0] * 20})\n"
        "    label, key = (Path(name).read_text() for name in ('label', 'key'))\n"
        "    return MLSystem(train_data=rows, label=label, key=key)\n"
        "@pytest.mark.mlscore('data-1')\ndef test_it(system):\n"
        "    assert system.label\n    assert system.train_data['km'].notna().all()\n"
    )
    pytester.makepyfile(system)
    found = []
    for label, key in (("a", "a"), ("a", "b"), ("b", "b")):
        (pytester.path / "label").write_text(label)
        (pytester.path / "key").write_text(key)
        found.append(remembered(proof_of(score(*PROVE))))
    assert found[0] == 0
    assert found[1] > 3
    assert found[2] == 0


# Times


def test_how_long_it_takes_is_said_beforehand(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    said = []
    for options in (("--mlscore-prove",), ("--mlscore-prove",), PROVE):
        lines = score(*options).result.outlines
        said.append(next(line for line in lines if line.startswith("mlscore: proving")))
    assert said == [
        (
            "mlscore: proving 1 test with at most 9 re-runs; "
            "how long that takes is known after the first time"
        ),
        "mlscore: proving 1 test with at most 9 re-runs: about 1 s, by the times of earlier runs",
        "mlscore: proving 1 test; how long that takes is known after the first time",
    ]


def test_a_plain_run_is_enough_to_foretell(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    score()
    lines = score("--mlscore-prove").result.outlines
    assert any(line.endswith("about 1 s, by the times of earlier runs") for line in lines)


def test_long_work_shows_that_it_goes_on(pytester, score):
    pytester.makeconftest(
        "from pytest_mltestscore.collect.proving import progress\nprogress.EVERY_S = 0.0\n"
    )
    pytester.makepyfile(FRAME + SOUND + VACUOUS)
    scored = score("--mlscore-prove")
    scored.result.stdout.fnmatch_lines(
        [
            "mlscore: 0 of 2 tests proved, 1 re-run; now *::test_sound",
            "mlscore: 1 of 2 tests proved",
            "mlscore: 1 of 2 tests proved, * re-runs; now *::test_vacuous",
            "mlscore: 2 of 2 tests proved",
        ]
    )
    scored.result.assert_outcomes(passed=2)
    spread = score("--mlscore-prove", "-n", "2")
    spread.result.stdout.fnmatch_lines(["mlscore: 1 of 2 tests proved", "*2 of 2 tests proved"])
