from __future__ import annotations

import shutil
import tomllib

import pytest

from pytest_mltestscore import catalog

RUBRIC = catalog.load()
EDITION_2016 = catalog.load("ml-test-score-2016")


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_everything_about_an_item_is_told_in_80_columns(mlscore, item):
    done = mlscore("explain", item.name)
    assert (done.code, done.err) == (0, "")
    told = " ".join(done.out.split())
    texts = (item.long_title, item.holds, item.fails, item.why, item.manual, item.automate)
    for text in (*texts, item.remedy, item.effort, *item.builds_on, *item.sources):
        assert " ".join(text.split()) in told
    assert f'@pytest.mark.mlscore("{item.name}")' in told
    long = [line for line in done.out.splitlines() if len(line) > 80]
    assert all(len(line.split()) == 1 for line in long)


def test_id_and_name_in_any_case_are_the_same(mlscore):
    outs = {mlscore("explain", word).out for word in ("model-6", "MODEL-6", " Slice-Quality ")}
    assert len(outs) == 1


def test_points_are_those_of_the_rubric(mlscore):
    assert "By hand (0.5 points)\n" in mlscore("explain", "data-1").out
    out = mlscore("explain", "data-1", "--rubric", EDITION_2016.id).out
    assert "By hand (1 point)\n" in out
    assert "Automated (2 points)\n" in out
    assert out.endswith("pytest --mlscore --mlscore-rubric=ml-test-score-2016\n")


def test_items_that_it_builds_on_are_named(mlscore):
    item = next(item for item in RUBRIC.items if item.builds_on)
    other = RUBRIC.find(item.builds_on[0])
    assert f"{other.id} ({other.name})" in mlscore("explain", item.id).out


def test_an_item_without_sources_has_no_such_heading(mlscore, tmp_path):
    shutil.copytree(catalog.available()[RUBRIC.id], tmp_path / "rubric")
    [path] = (tmp_path / "rubric" / "infra").glob("infra-7-*.toml")
    text = path.read_text("utf-8")
    path.write_text(f"{text[: text.index('sources =')]}sources = []\n", encoding="utf-8")
    assert "Sources" in mlscore("explain", "infra-6", "--rubric", "rubric").out
    assert "Sources" not in mlscore("explain", "infra-7", "--rubric", "rubric").out


def test_the_attestation_earns_nothing_until_it_is_filled_in(mlscore):
    out = mlscore("explain", "rollback").out
    form = out[out.index("  [[tool.mlscore.attestations]]") :]
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(form)
    filled = tomllib.loads(form.replace("YYYY-MM-DD", "2026-03-02"))
    [statement] = filled["tool"]["mlscore"]["attestations"]
    assert statement["item"] == "rollback"
    assert set(statement) == {
        "item", "owner", "date", "expires", "link", "summary", "distributed_to",
    }  # fmt: skip


@pytest.mark.parametrize(
    "word,message",
    [
        ("feature-shema", "unknown rubric item 'feature-shema'; did you mean 'feature-schema'?"),
        ("xyz", "unknown rubric item 'xyz' (`mlscore list` shows all items)"),
        ("", "unknown rubric item ''"),
    ],
)
def test_an_unknown_item_is_refused_with_the_nearest(refused, word, message):
    assert refused("explain", word).startswith(message)
