"""The shipped rubrics: what stands in their files, and that schema, loader and types agree."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import needs
from pytest_mltestscore import catalog
from pytest_mltestscore.domain.errors import RubricError
from rubric_files import small_rubric, write_rubric

ROOT = Path(__file__).parents[2]
RUBRIC = ROOT / "rubric"
VALIDATOR = Draft202012Validator(json.loads((RUBRIC / "rubric.schema.json").read_bytes()))
FILES = sorted(RUBRIC.rglob("*.toml"))
SECTIONS = ["data", "model", "infra", "monitor"]
NAMES = {
    "data": "feature-schema feature-benefit feature-cost feature-policy privacy-controls "
    "feature-velocity feature-code-tests",
    "model": "spec-review metric-correlation tuned-hyperparameters staleness-impact "
    "simpler-baseline slice-quality inclusion",
    "infra": "reproducible-training spec-unit-tests pipeline-integration quality-gate "
    "debuggability canary rollback",
    "monitor": "dependency-changes data-invariants training-serving-skew model-staleness "
    "numerical-stability computing-performance prediction-quality",
}
TEXTS = ("holds", "fails", "why", "manual", "automate", "remedy")
CHANGED_SINCE_2016 = {
    "data-1", "data-2", "data-4", "data-5", "model-3", "model-7", "infra-5", "monitor-1",
    "monitor-5",
}  # fmt: skip


@pytest.fixture(params=["ml-test-score", "ml-test-score-2016"])
def rubric(request):
    return catalog.load(request.param)


def test_every_shipped_rubric_is_known_here():
    assert list(catalog.available()) == ["ml-test-score", "ml-test-score-2016"]


def test_seven_items_in_each_of_four_sections(rubric):
    assert [section.id for section in rubric.sections] == SECTIONS
    wanted = [f"{section}-{n}" for section in SECTIONS for n in range(1, 8)]
    assert [item.id for item in rubric.items] == wanted
    assert [item.section for item in rubric.items] == [i.rpartition("-")[0] for i in wanted]


def test_names_are_in_the_order_of_the_paper():
    names = [item.name for item in catalog.load().items]
    assert names == [name for section in SECTIONS for name in NAMES[section].split()]


@pytest.mark.parametrize(
    "source, credit, highest, bands",
    [
        ("ml-test-score", (0.5, 1), 7, [0, 1, 2, 3, 5, 7]),
        ("ml-test-score-2016", (1, 2), 14, [0, 2, 4, 6, 10, 14]),
    ],
)
def test_credit_and_bands_are_those_of_the_edition(source, credit, highest, bands):
    rubric = catalog.load(source)
    assert (rubric.id, rubric.aggregate) == (source, "minimum")
    assert (rubric.credit.manual, rubric.credit.automated) == credit
    assert rubric.section_maximum == highest
    assert [band.up_to for band in rubric.bands] == bands
    keys = ["research", "holes", "first-pass", "reasonable", "strong", "exceptional"]
    assert [band.key for band in rubric.bands] == keys


def test_sources_lead_to_the_papers():
    assert "10.1109/BigData.2017.8258038" in catalog.load().source
    assert "2016" in catalog.load("ml-test-score-2016").source


def test_texts_are_sentences_on_one_line(rubric):
    for item in rubric.items:
        for key in TEXTS:
            text = getattr(item, key)
            assert text.endswith("."), (item.id, key)
            assert text[0].isupper(), (item.id, key)
            assert text.isprintable(), (item.id, key)
            assert "  " not in text, (item.id, key)
            assert not re.search(r"[`*_<>#]{2}|<\w|\]\(|`", text), (item.id, key)
        assert not item.title.endswith("."), item.id
        assert not item.long_title.endswith("."), item.id


def test_statements_are_one_sentence_and_reasons_two_to_four(rubric):
    for item in rubric.items:
        count = {key: len(re.findall(r"[.?!](?= [A-Z]|$)", getattr(item, key))) for key in TEXTS}
        assert (count["holds"], count["fails"]) == (1, 1), item.id
        assert 2 <= count["why"] <= 3, item.id
        assert 2 <= count["manual"] <= 3, item.id
        assert 1 <= count["automate"] <= 3, item.id
        assert 1 <= count["remedy"] <= 3, item.id


def test_no_text_is_used_twice(rubric):
    texts = Counter(getattr(item, key) for item in rubric.items for key in TEXTS)
    titles = Counter(item.title for item in rubric.items)
    sentences = Counter(
        sentence for text in texts for sentence in re.split(r"(?<=[.?!]) (?=[A-Z])", text)
    )
    for counted in (texts, titles, sentences):
        assert {text for text, times in counted.items() if times > 1} == set()


def test_links_between_items_are_those_of_the_paper(rubric):
    links = {item.id: item.builds_on for item in rubric.items if item.builds_on}
    assert links == {"monitor-2": ("data-1",), "monitor-4": ("model-4",)}


def test_items_named_in_texts_exist(rubric):
    for item in rubric.items:
        for key in TEXTS:
            for word in re.findall(r"\b(?:data|model|infra|monitor)-\d+\b", getattr(item, key)):
                assert rubric.find(word).id != item.id


def test_every_item_names_its_place_in_the_paper():
    tables = dict(zip(SECTIONS, ("I", "II", "III", "IV"), strict=True))
    for item in catalog.load().items:
        section, number = item.id.split("-")
        place = f"Breck et al. 2017, {section.capitalize()} {number} (Table {tables[section]})"
        assert item.sources[0] == place
        assert len(item.sources) <= 3


def test_every_item_of_the_paper_has_a_test_to_paste_that_is_lean():
    """A record of nothing holds all of them."""
    items = catalog.load().items
    for item in items:
        lines = item.example.splitlines()
        assert lines[0].startswith("# For examples/credit_default"), item.id
        assert f"    assert checks.{item.section}." in item.example, item.id
        assert max(map(len, lines)) < 80, item.id
        assert len(lines) <= 45, item.id
    assert sum(len(item.example) for item in items) < 24_000


def test_tests_to_paste_are_written_as_ours_are(tmp_path):
    needs.module("ruff")
    for item in catalog.load().items:
        (tmp_path / f"{item.id}.py").write_text(f"{item.example}\n", encoding="utf-8")
    ours = ["--config", 'lint.isort.known-first-party=["pytest_mltestscore"]']
    for command in (["check", "--select=ARG,B,E,F,I,N,PT,RUF,UP"], ["format", "--check"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--isolated",
                "--line-length=79",
                *ours,
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_item_that_both_editions_have_says_the_same_in_both():
    newer, older = catalog.load(), catalog.load("ml-test-score-2016")
    for new, old in zip(newer.items, older.items, strict=True):
        if new.name == old.name:
            for key in (*TEXTS, "effort", "builds_on"):
                assert getattr(new, key) == getattr(old, key), (new.id, key)
    changed = {n.id for n, o in zip(newer.items, older.items, strict=True) if n.name != o.name}
    assert changed == CHANGED_SINCE_2016


def test_long_titles_of_2016_are_its_imperatives():
    for item in catalog.load("ml-test-score-2016").items:
        assert re.match(r"(Unit test|Integration test|Test) ", item.long_title), item.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(RUBRIC).as_posix())
def test_every_file_is_valid_by_the_schema(path):
    VALIDATOR.validate(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "change",
    [
        {"effort": "hard"},
        {"id": "Data 1"},
        {"id": "data-0"},
        {"title": " "},
        {"why": 3},
        {"hold": "x"},
        {"sources": [""]},
        {"builds_on": ["a b"]},
        {"example": "\n"},
        {"example": "#" * 4_001},
        {"section": "alpha"},
    ],
    ids=str,
)
def test_schema_and_loader_refuse_the_same_items(change, tmp_path):
    files = small_rubric()
    path = "alpha/alpha-1-alpha-name-1.toml"
    assert VALIDATOR.is_valid(files[path])
    files[path] |= change
    assert not VALIDATOR.is_valid(files[path])
    with pytest.raises(RubricError):
        catalog.load(write_rubric(tmp_path, files))


@pytest.mark.parametrize(
    "change",
    [
        {"aggregate": "mean"},
        {"bands": []},
        {"bands": [{"key": "A", "up_to": 1, "text": "x"}]},
        {"sections": []},
        {"sections": [{"id": "alpha", "title": "", "long_title": "x"}]},
        {"credit": {"manual": 0.3, "automated": 1}},
        {"credit": {"manual": 0, "automated": 1}},
        {"version": ""},
        {"items": []},
    ],
    ids=str,
)
def test_schema_and_loader_refuse_the_same_headers(change, tmp_path):
    files = small_rubric()
    assert VALIDATOR.is_valid(files["rubric.toml"])
    files["rubric.toml"] |= change
    assert not VALIDATOR.is_valid(files["rubric.toml"])
    with pytest.raises(RubricError):
        catalog.load(write_rubric(tmp_path, files))


@pytest.mark.parametrize("name", ["rubric", "record"])
def test_the_schemas_are_schemas(name):
    Draft202012Validator.check_schema(json.loads((RUBRIC / f"{name}.schema.json").read_bytes()))


@pytest.mark.parametrize("name", ["rubric", "record"])
def test_a_schema_that_is_not_of_the_types_is_found(name, tmp_path, monkeypatch, capsys):
    for path in RUBRIC.glob("*.schema.json"):
        shutil.copy(path, tmp_path)
    schemas = runpy.run_path(str(ROOT / "tools" / "schemas.py"))
    monkeypatch.setitem(schemas["main"].__globals__, "RUBRIC_FOLDER", tmp_path)
    assert schemas["main"](["--check"]) == 0
    (tmp_path / f"{name}.schema.json").write_text("{}")
    assert schemas["main"](["--check"]) == 1
    assert (
        capsys.readouterr().err == f"{name}.schema.json is stale: run `python tools/schemas.py`\n"
    )
    assert schemas["main"]([]) == 0
    assert schemas["main"](["--check"]) == 0


def test_the_schemas_are_those_of_the_types():
    command = [sys.executable, ROOT / "tools" / "schemas.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
