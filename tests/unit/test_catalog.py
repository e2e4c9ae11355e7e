"""Finding rubrics: by id, by path, from plugins; and what a sound one becomes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.errors import RubricError
from rubric_files import small_rubric, write_rubric


@pytest.fixture
def folder(tmp_path):
    return write_rubric(tmp_path / "ours", small_rubric())


def test_the_default_is_the_rubric_of_2017():
    rubric = catalog.load()
    assert (rubric.id, rubric.version) == ("ml-test-score", "2017.1")
    assert catalog.load(catalog.DEFAULT_ID) == rubric


def test_available_names_the_shipped_rubrics_the_default_first():
    found = catalog.available()
    assert list(found) == ["ml-test-score", "ml-test-score-2016"]
    assert {name: catalog.load(path).id for name, path in found.items()} == {n: n for n in found}


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("tail", ["", "rubric.toml"])
def test_a_path_may_be_that_of_the_folder_or_of_the_file(folder, kind, tail):
    assert catalog.load(kind(folder / tail)).id == "ours"


def test_a_relative_path_starts_in_the_current_folder(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert catalog.load("ours").id == "ours"


def test_an_id_wins_over_a_folder_of_the_same_name(folder, monkeypatch):
    folder.rename(folder.parent / "ml-test-score")
    monkeypatch.chdir(folder.parent)
    assert catalog.load("ml-test-score").version == "2017.1"
    assert catalog.load(Path("ml-test-score")).version == "1"


def test_extra_rubrics_are_found_by_id(folder):
    assert catalog.load("ours", extra={"ours": folder}).id == "ours"
    assert catalog.load("ours", extra={"ours": folder / "rubric.toml"}).id == "ours"
    assert catalog.load(extra={"ours": folder}).id == "ml-test-score"


def test_an_extra_rubric_cannot_take_the_id_of_a_shipped_one(folder):
    with pytest.raises(RubricError) as caught:
        catalog.load(extra={"ml-test-score": folder})
    assert str(caught.value) == (
        "the rubric id 'ml-test-score' is taken by a shipped rubric; "
        f"give the one in {folder} another id"
    )


def test_an_extra_rubric_has_the_id_that_it_is_registered_with(folder):
    with pytest.raises(RubricError) as caught:
        catalog.load("theirs", extra={"theirs": folder})
    assert str(caught.value) == (
        f"{folder}: rubric.toml: id: is 'ours', but the rubric is registered as 'theirs'; "
        "make the two the same"
    )


@pytest.mark.parametrize(
    "source, expected",
    [
        ("ml-test-scor", "unknown rubric 'ml-test-scor'; did you mean 'ml-test-score'? known "),
        ("ML-Test-Score", "unknown rubric 'ML-Test-Score'; did you mean 'ml-test-score'? known "),
        ("ourz", "unknown rubric 'ourz'; did you mean 'ours'? known rubrics: ml-test-score, "),
        ("xyz", "unknown rubric 'xyz'; known rubrics: ml-test-score, ml-test-score-2016, ours; "),
        ("", "unknown rubric ''; known rubrics: "),
        ("a\0\x1b[31m", "unknown rubric 'a\\x00\\x1b[31m'; known rubrics: "),
        ("x" * 5000, "unknown rubric 'xxxxx"),
        ("no/where", "no rubric.toml found at no/where; known rubrics: "),
        ("nowhere.toml", "no rubric.toml found at nowhere.toml; known rubrics: "),
        (Path("nowhere"), "no rubric.toml found at nowhere; known rubrics: "),
        ("empty", "no rubric.toml found at empty; known rubrics: "),
        ("other.toml", "no rubric.toml found at other.toml; known rubrics: "),
        ("loop/rubric.toml", "no rubric.toml found at loop/rubric.toml; known rubrics: "),
    ],
    ids=str,
)
def test_what_cannot_be_found_is_named_with_what_can(
    source, expected, folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("other.toml").touch()
    Path("loop").symlink_to("loop")
    with pytest.raises(RubricError) as caught:
        catalog.load(source, extra={"ours": folder})
    assert str(caught.value).startswith(expected)
    assert str(caught.value).endswith("; or give a folder that holds a rubric.toml")


def test_a_sound_rubric_is_read_whole(folder):
    rubric = catalog.load(folder)
    assert [section.id for section in rubric.sections] == ["alpha", "beta-2"]
    assert [item.id for item in rubric.items] == ["alpha-1", "alpha-2", "beta-2-1"]
    assert rubric.find("ALPHA-NAME-2").builds_on == ("alpha-1",)
    assert rubric.section_maximum == 1.0


def test_sections_keep_their_order_and_items_that_of_their_numbers(tmp_path):
    files = small_rubric(sizes={"beta": 2, "alpha": 11})
    rubric = catalog.load(write_rubric(tmp_path, files))
    wanted = ["beta-1", "beta-2", *(f"alpha-{n}" for n in range(1, 12))]
    assert [item.id for item in rubric.items] == wanted


def test_texts_are_put_on_one_line_and_made_safe_to_show(tmp_path):
    files = small_rubric()
    files["rubric.toml"]["title"] = "\nOur\n  rubric\n"
    files["rubric.toml"]["bands"][0]["text"] = "Not\tmuch."
    files["alpha/alpha-1-alpha-name-1.toml"]["why"] = "A\u202eB.\x1b[31m\nC."
    files["alpha/alpha-1-alpha-name-1.toml"]["sources"] = ["A\nbook"]
    rubric = catalog.load(write_rubric(tmp_path, files))
    assert rubric.title == "Our rubric"
    assert rubric.bands[0].text == "Not much."
    assert rubric.items[0].why == "A\\u202eB. C."
    assert rubric.items[0].sources == ("A book",)


def test_an_example_keeps_its_lines_and_is_no_more_than_text(tmp_path):
    files = small_rubric()
    code = "\nraise SystemExit\n\n\ndef it(:\n    \t# \u202e\n\n"
    files["alpha/alpha-1-alpha-name-1.toml"]["example"] = code
    files["alpha/alpha-2-alpha-name-2.toml"]["example"] = "#" * 4_000
    first, second, third = catalog.load(write_rubric(tmp_path, files)).items
    assert first.example == "raise SystemExit\n\n\ndef it(:\n    \t# \\u202e"
    assert len(second.example) == 4_000
    assert third.example == ""


def test_what_is_no_item_is_left_alone(folder):
    (folder / "alpha" / "README.md").write_text("hello")
    (folder / "alpha" / "notes").mkdir()
    (folder / "pictures").mkdir()
    (folder / ".git").mkdir()
    (folder / ".git" / "x.toml").touch()
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    write_rubric(folder / "another", small_rubric())
    assert len(catalog.load(folder).items) == 3


def test_the_packaged_data_comes_before_that_of_the_checkout(folder, tmp_path, monkeypatch):
    package = tmp_path / "src" / "pytest_mltestscore"
    (package / "catalog").mkdir(parents=True)
    monkeypatch.setattr(catalog, "__file__", str(package / "catalog" / "__init__.py"))
    with pytest.raises(RubricError, match="are missing from this installation; reinstall pytest-m"):
        catalog.available()
    shutil.copytree(folder, tmp_path / "rubric")
    assert catalog.available() == {"ml-test-score": tmp_path / "rubric"}
    shutil.copytree(folder, package / "_rubric")
    assert catalog.available() == {"ml-test-score": package / "_rubric"}
