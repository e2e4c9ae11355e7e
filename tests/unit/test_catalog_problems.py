"""Bad rubrics: each fault is named with file, key and mend, and all of them in one error."""

from __future__ import annotations

import tempfile
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.errors import RubricError
from pytest_mltestscore.domain.text import clean
from rubric_files import small_rubric, write_rubric

HEADER = "rubric.toml"
ONE = "alpha/alpha-1-alpha-name-1.toml"
TWO = "alpha/alpha-2-alpha-name-2.toml"
THREE = "beta-2/beta-2-1-beta-2-name-1.toml"
ABSENT = Enum("Absent", "ABSENT").ABSENT  # with a name of its own, which test ids need
NAN, INF = float("nan"), float("inf")
NO_ITEMS = (
    f"{HEADER}: sections: 'beta-2' has no items; put them into the folder beta-2, the first as "
    "beta-2-1-<name>.toml"
)


def problems_of(folder: Path) -> list[str]:
    """Return the lines of the error below its first one."""
    with pytest.raises(RubricError) as caught:
        catalog.load(folder)
    first, *lines = str(caught.value).splitlines()
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    assert first == f"the rubric in {folder} has {count}:"
    assert all(line.startswith("  ") for line in lines)
    return [line.removeprefix("  ") for line in lines]


def put(files, path, place, value):
    """Replace the value at a dotted place in a file; ABSENT removes it."""
    *keys, last = (int(key) if key.isdigit() else key for key in place.split("."))
    table = files[path]
    for key in keys:
        table = table[key]
    if value is ABSENT:
        del table[last]
    else:
        table[last] = value
    return files


IN_ITEM = [
    ("effort", "x", "effort: is 'x'; give one of 'low', 'medium', 'high'"),
    ("effort", "lo", "effort: is 'lo'; give one of 'low', 'medium', 'high'; did you mean 'low'?"),
    ("why", ABSENT, "why: missing; give text in quotes"),
    ("why", ["a"], "why: is ['a']; give text in quotes"),
    ("why", " \n", "why: is empty; write a text"),
    ("holds", 5, "holds: is 5; give text in quotes"),
    ("id", 5, "id: is 5; give text in quotes"),
    ("name", "", "name: is empty; write a text"),
    ("name", "A name", "name: is 'A name'; use small letters, digits and hyphens only"),
    ("name", "-x", "name: is '-x'; use small letters, digits and hyphens only"),
    ("sources", "a book", "sources: is 'a book'; give a list of text in quotes"),
    ("sources", ["a", " "], "sources #2: is empty; write a text or remove it"),
    ("builds_on", ["alpha-2"], "builds_on: 'alpha-2' is the item itself; remove it"),
    ("builds_on", ["alpha1"], "builds_on: no item 'alpha1'; did you mean 'alpha-1'?"),
    ("builds_on", ["zzz"], "builds_on: no item 'zzz'; give ids of items of this rubric"),
    ("builds_on", ["alpha-name-1"], "builds_on: no item 'alpha-name-1'; did you mean 'alpha-1'?"),
    ("builds_on", [""], "builds_on #1: is empty; write a text or remove it"),
    ("builds_on", [1], "builds_on #1: is 1; give text in quotes"),
    ("builds_on", 1, "builds_on: is 1; give a list of text in quotes"),
    ("example", "\n", "example: is empty; write a text"),
    ("example", 5, "example: is 5; give text in quotes"),
    ("example", "#" * 4_001, "example: has 4,001 characters; give at most 4,000"),
    ("remdy", "x", "remdy: unknown key; did you mean 'remedy'?"),
    ("section", "alpha", "section: follows from elsewhere; remove it"),
]  # fmt: skip
IN_HEADER = [
    ("aggregate", "mean", "aggregate: is 'mean'; give one of 'minimum'"),
    ("id", "Ours!", "id: is 'Ours!'; use small letters, digits and hyphens only"),
    ("version", 2017.1, "version: is 2017.1; give text in quotes"),
    ("source", "", "source: is empty; write a text"),
    ("items", [], "items: follows from elsewhere; remove it"),
    ("credit", ABSENT, "credit: missing; give a table"),
    ("credit.manual", 0.3, "credit: manual: is 0.3; give 0.5, 1, 1.5 and so on"),
    ("credit.manual", 0, "credit: manual: is 0; give 0.5, 1, 1.5 and so on"),
    ("credit.manual", -0.5, "credit: manual: is -0.5; give 0.5, 1, 1.5 and so on"),
    ("credit.manual", 1.5, "credit: manual: is 1.5, more than automated (1); give at most that"),
    ("credit.automated", NAN, "credit: automated: is nan; give a finite number"),
    ("credit.automated", "1", "credit: automated: is '1'; give a number"),
    ("credit.auto", 1, "credit: auto: unknown key; did you mean 'automated'?"),
    ("bands", [], "bands: is empty; give at least one"),
    ("bands", 5, "bands: is 5; give a list of a table"),
    ("bands.0", 5, "bands #1: is 5; give a table"),
    ("bands.1", 5, "bands #2: is 5; give a table"),
    ("bands.0.up_to", -1, "bands #1: up_to: is -1; no score is below 0"),
    ("bands.0.up_to", 1, ("bands #2: up_to: is 1, not above 1 of the band before; "
                         "put the bands in ascending order")),
    ("bands.1.up_to", 0.5, ("bands #2: up_to: is 0.5, but a score can reach 1; "
                           "let the last band end there")),
    ("bands.1.up_to", INF, "bands #2: up_to: is inf; give a finite number"),
    ("bands.1.key", "none", "bands #2: key: 'none' is taken; choose another"),
    ("bands.1.key", "a b", "bands #2: key: is 'a b'; use small letters, digits and hyphens only"),
    ("bands.1.text", "", "bands #2: text: is empty; write a text"),
    ("bands.1.up", 1, "bands #2: up: unknown key; known keys: key, up_to, text"),
    ("sections.0.title", "", "sections #1: title: is empty; write a text"),
    ("sections.0.long_title", ABSENT, "sections #1: long_title: missing; give text in quotes"),
]  # fmt: skip


@pytest.mark.parametrize("place, value, expected", IN_ITEM, ids=str)
def test_a_fault_in_an_item_file(place, value, expected, tmp_path):
    folder = write_rubric(tmp_path, put(small_rubric(), TWO, place, value))
    assert problems_of(folder) == [f"{TWO}: {expected}"]


@pytest.mark.parametrize("place, value, expected", IN_HEADER, ids=str)
def test_a_fault_in_the_header(place, value, expected, tmp_path):
    folder = write_rubric(tmp_path, put(small_rubric(), HEADER, place, value))
    assert problems_of(folder) == [f"{HEADER}: {expected}"]


@pytest.mark.parametrize(
    "path, content, expected",
    [
        (
            ONE,
            "a = 1\nb",
            "not valid TOML: Expected '=' after a key in a key/value pair (at the",
        ),
        (ONE, b"a = '\xff'", "byte 5 (line 1) is not UTF-8; save the file as UTF-8"),
        (ONE, "a = " + "[" * 9999, "not valid TOML: nested too deeply"),
        (HEADER, "id =", "not valid TOML: Invalid value (at the end, line 1, column 5)"),
    ],
    ids=["syntax", "bytes", "nesting", "header"],
)
def test_a_file_that_cannot_be_parsed_is_one_problem(path, content, expected, tmp_path):
    (problem,) = problems_of(write_rubric(tmp_path, small_rubric() | {path: content}))
    assert problem.startswith(f"{path}: {expected}")


def test_items_are_looked_at_when_the_header_cannot_be_parsed(tmp_path):
    files = put(small_rubric(), ONE, "effort", "") | {HEADER: "id ="}
    files["odd (folder/alpha-3-x.toml"] = files.pop(THREE) | {"id": "alpha-3", "name": "x"}
    write_rubric(tmp_path / "another", small_rubric())
    assert problems_of(write_rubric(tmp_path, files)) == [
        "rubric.toml: not valid TOML: Invalid value (at the end, line 1, column 5)",
        f"{ONE}: effort: is ''; give one of 'low', 'medium', 'high'",
        f"{ONE}: effort: is empty; write a text",
        (
            "odd (folder/alpha-3-x.toml: id: is 'alpha-3'; ids in the folder odd (folder are "
            "odd (folder-1, odd (folder-2 and so on"
        ),
    ]


def test_keys_nested_beyond_the_recursion_limit(tmp_path):
    content = f"{'a.' * 3000}b = 1"
    problems = problems_of(write_rubric(tmp_path, small_rubric() | {ONE: content}))
    assert problems[0].startswith(f"{ONE}: a: unknown key; known keys: id, name, title, ")
    assert problems[1] == f"{ONE}: id: missing; give text in quotes"
    assert len(problems) == 12


@pytest.mark.parametrize(
    "name", ["alpha-2.toml", "alpha-2-alpha-name-2.TOML", "alpha-02-alpha-name-2.toml"]
)
def test_the_name_of_an_item_file_says_its_id_and_name(name, tmp_path):
    files = small_rubric()
    files[f"alpha/{name}"] = files.pop(TWO)
    assert problems_of(write_rubric(tmp_path, files)) == [
        (
            f"alpha/{name}: file name does not match its id and name; "
            "rename the file to alpha-2-alpha-name-2.toml"
        )
    ]


@pytest.mark.parametrize("item_id", ["beta-2-0", "beta-2-x", "beta-2-01", "beta-2", "beta-2-99999"])
def test_an_id_is_that_of_the_section_and_a_number(item_id, tmp_path):
    files = small_rubric()
    path = f"beta-2/{item_id}-beta-2-name-1.toml"
    files[path] = files.pop(THREE) | {"id": item_id}
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{path}: id: is '{item_id}'; ids in the folder beta-2 are beta-2-1, beta-2-2 and so on"
    ]


def test_an_id_that_would_break_anchors(tmp_path):
    files = put(small_rubric(), THREE, "id", "beta 2#1")
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{THREE}: id: is 'beta 2#1'; use small letters, digits and hyphens only"
    ]


def test_an_item_in_the_folder_of_another_section(tmp_path):
    files = small_rubric()
    moved = "alpha/beta-2-1-beta-2-name-1.toml"
    files[moved] = files.pop(THREE)
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{moved}: id: is 'beta-2-1'; ids in the folder alpha are alpha-1, alpha-2 and so on",
        NO_ITEMS,
    ]


def test_ids_and_names_are_taken_once(tmp_path):
    files = small_rubric()
    first, second, third = (
        "alpha/alpha-1-other.toml",
        "alpha/alpha-3-alpha-name-2.toml",
        "beta-2/beta-2-2-alpha-1.toml",
    )
    files[first] = files[ONE] | {"name": "other"}
    files[second] = files[TWO] | {"id": "alpha-3"}
    files[third] = files[THREE] | {"id": "beta-2-2", "name": "alpha-1"}
    files[HEADER]["bands"][1]["up_to"] = 2
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{first}: id: 'alpha-1' is taken by {ONE}; choose another",
        f"{second}: name: 'alpha-name-2' is taken by {TWO}; choose another",
        f"{third}: name: 'alpha-1' is taken by {ONE}; choose another",
    ]


def test_a_link_to_an_item_whose_file_is_broken_is_no_second_problem(tmp_path):
    (problem,) = problems_of(write_rubric(tmp_path, small_rubric() | {ONE: "id ="}))
    assert problem.startswith(f"{ONE}: not valid TOML")


def test_a_section_without_items(tmp_path):
    files = small_rubric()
    del files[THREE]
    assert problems_of(write_rubric(tmp_path, files)) == [NO_ITEMS]
    (tmp_path / "beta-2").mkdir()
    assert problems_of(tmp_path) == [NO_ITEMS]


@pytest.mark.parametrize(
    "folder, mend",
    [("bet-2", "did you mean 'beta-2'?"), ("zzz", "add it to rubric.toml or move it away")],
)
def test_items_without_a_section(folder, mend, tmp_path):
    files = small_rubric() | {f"{folder}/x.toml": ""}
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{folder}: folder with items, but no such section; {mend}"
    ]


@pytest.mark.parametrize(
    "section_id, expected",
    [
        ("alpha", "'alpha' is taken; choose another"),
        ("../beta-2", "is '../beta-2'; use small letters, digits and hyphens only"),
        ("", "is empty; write a text"),
        (5, "is 5; give text in quotes"),
    ],
)
def test_section_ids_are_taken_once_and_fit_for_folders(section_id, expected, tmp_path):
    files = put(small_rubric(), HEADER, "sections.1.id", section_id)
    expected = f"{HEADER}: sections #2: id: {expected}"
    assert problems_of(write_rubric(tmp_path, files)) == [expected]


@pytest.mark.parametrize(
    "sections, expected", [([], "is empty; give at least one"), (5, "is 5; g")]
)
def test_a_header_without_sections(sections, expected, tmp_path):
    files = {HEADER: small_rubric()[HEADER] | {"sections": sections}}
    (problem,) = problems_of(write_rubric(tmp_path, files))
    assert problem.startswith(f"{HEADER}: sections: {expected}")


def test_what_lies_about_in_place_of_files(tmp_path):
    files = small_rubric()
    del files[THREE]
    write_rubric(tmp_path, files)
    (tmp_path / "beta-2").symlink_to("beta-2")
    (tmp_path / "alpha" / "a-folder.toml").mkdir()
    (tmp_path / "alpha" / "b-loop.toml").symlink_to("b-loop.toml")
    (tmp_path / "alpha" / "c-nowhere.toml").symlink_to("nowhere")
    assert problems_of(tmp_path) == [
        "alpha/a-folder.toml: is not a file; rename or remove it",
        "alpha/b-loop.toml: cannot be read: Too many levels of symbolic links",
        "alpha/c-nowhere.toml: cannot be read: No such file or directory",
        "beta-2: folder cannot be read: Too many levels of symbolic links",
    ]


def test_a_file_in_place_of_a_section_folder(tmp_path):
    files = small_rubric()
    del files[THREE]
    assert problems_of(write_rubric(tmp_path, files | {"beta-2": "x"})) == [
        "beta-2: folder cannot be read: Not a directory"
    ]


def test_file_names_are_made_safe_to_show(tmp_path):
    files = small_rubric() | {"alpha/\x1b[31m\udcff\n.toml": "x"}
    (problem,) = problems_of(write_rubric(tmp_path, files))
    assert problem.startswith("alpha/\\udcff .toml: not valid TOML: ")


def test_five_faults_in_five_places_are_five_problems(tmp_path):
    files = small_rubric()
    put(files, HEADER, "credit.manual", 2)
    put(files, HEADER, "bands.1.up_to", 0.5)
    put(files, ONE, "effort", "hard")
    put(files, TWO, "builds_on", ["alpha-7"])
    put(files, THREE, "why", ABSENT)
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{ONE}: effort: is 'hard'; give one of 'low', 'medium', 'high'",
        f"{THREE}: why: missing; give text in quotes",
        f"{HEADER}: credit: manual: is 2, more than automated (1); give at most that",
        f"{HEADER}: bands #2: up_to: is 0.5, but a score can reach 1; let the last band end there",
        f"{TWO}: builds_on: no item 'alpha-7'; did you mean 'alpha-2'?",
    ]


def test_five_faults_in_one_file_are_five_problems(tmp_path):
    files = small_rubric()
    files[TWO] |= {"effort": "hard", "remdy": "x", "why": "", "holds": 1, "builds_on": ["x"]}
    assert problems_of(write_rubric(tmp_path, files)) == [
        f"{TWO}: remdy: unknown key; did you mean 'remedy'?",
        f"{TWO}: holds: is 1; give text in quotes",
        f"{TWO}: effort: is 'hard'; give one of 'low', 'medium', 'high'",
        f"{TWO}: why: is empty; write a text",
        f"{TWO}: builds_on: no item 'x'; give ids of items of this rubric",
    ]


def explanation_for(files):
    """Load these files; return the error's text, empty if they are sound. Others escape."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            catalog.load(write_rubric(Path(folder), files))
        except RubricError as error:
            return str(error)
    return ""


any_bytes = st.binary(max_size=80) | st.text(max_size=80).map(
    lambda t: t.encode("utf-8", "replace")
)
toml_like = st.lists(
    st.sampled_from([*"[]{}=.,'\"\n #", "id", "why", "bands", "1", "nan", "true", "1979-05-27"]),
    max_size=30,
).map("".join)
any_value = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "key", "up_to", "text"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from([HEADER, ONE, THREE]), any_bytes | toml_like)
def test_any_content_of_a_file_loads_or_is_explained(path, content):
    text = explanation_for(small_rubric() | {path: content})
    assert clean(text) == text
    assert f"\n  {path}: " in text


@given(st.data())
def test_any_value_at_any_key_loads_or_is_explained(data):
    files = small_rubric()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(files)))
        key = data.draw(st.sampled_from(sorted(files[path])) | st.text(max_size=6))
        files[path][key] = data.draw(any_value)
    text = explanation_for(files)
    assert clean(text) == text
