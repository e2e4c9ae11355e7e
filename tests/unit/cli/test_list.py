from __future__ import annotations

import json

import pytest

from pytest_mltestscore import catalog

RUBRIC = catalog.load()


def test_every_item_is_listed_once_below_its_section(mlscore):
    done = mlscore("list")
    assert (done.code, done.err) == (0, "")
    first, *lines = done.out.splitlines()
    assert first == "ML Test Score (ml-test-score 2017.1), 28 items"
    starts = [line.split()[0].rstrip(":") for line in lines if line[:3].strip()]
    expected = []
    for section in RUBRIC.sections:
        expected.append(section.id)
        expected += [item.id for item in RUBRIC.items if item.section == section.id]
    assert starts == expected
    assert all(len(line) <= 80 for line in lines)


def test_names_and_titles_are_whole(mlscore):
    words = " ".join(mlscore("list").out.split())
    for item in RUBRIC.items:
        assert f"{item.id} {item.name} {item.title}" in words


def test_one_section_in_any_case(mlscore):
    out = mlscore("list", "--section", " Infra ").out
    assert "infra-7" in out
    assert "data-1" not in out


def test_another_rubric(mlscore):
    out = mlscore("list", "--rubric", "ml-test-score-2016").out
    assert out.splitlines()[0].endswith("28 items")
    assert "model-7 implicit-bias" in " ".join(out.split())


def test_json_holds_the_same(mlscore):
    listed = json.loads(mlscore("list", "--format", "json", "--section=data").out)
    assert listed["rubric"] == {"id": "ml-test-score", "version": "2017.1", "title": RUBRIC.title}
    assert [section["id"] for section in listed["sections"]] == ["data"]
    assert listed["items"] == [
        {"id": i.id, "name": i.name, "section": "data", "title": i.title}
        for i in RUBRIC.items
        if i.section == "data"
    ]


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["--section", "infa"], "--section: unknown section 'infa'; did you mean 'infra'?"),
        (
            ["--section", "fleet"],
            "--section: unknown section 'fleet'; known sections: data, model, infra, monitor",
        ),
        (["--rubric", "ml-tset-score"], "unknown rubric 'ml-tset-score'; did you mean "),
        (["--rubric", "no/such"], "no rubric.toml "),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
    ],
)
def test_refusals_name_place_and_mend(refused, arguments, message):
    assert refused("list", *arguments).startswith(message)


def test_a_bad_rubric_is_refused_with_all_its_problems(refused, tmp_path):
    (tmp_path / "rubric.toml").write_text('id = "x"\ntitel = "T"\n', encoding="utf-8")
    first, *others = refused("list", "--rubric", ".").splitlines()
    assert others
    assert all(line.startswith("  ") for line in others)
    assert any("titel" in line for line in [first, *others])
