"""Declarations of markers go where that is certain, and are named where it is not."""

from __future__ import annotations

import pytest

from pytest_mltestscore.cli.auditing.registering import in_ini, in_python, in_toml

GONE = {"data_1", "data_2"}


@pytest.mark.parametrize(
    "before,after,by_hand",
    [
        (
            "[pytest]\nmarkers =\n    data_1: a\n    slow: b\n\tdata_2(x): c\naddopts = -q\n",
            "[pytest]\nmarkers =\n    slow: b\naddopts = -q\n",
            (),
        ),
        ("[pytest]\r\nmarkers =\r\n  data_1\r\n", "[pytest]\r\nmarkers =\r\n", ()),
        ("[pytest]\nmarkers = data_1: a\n    slow: b\n", None, (2,)),
        ("[pytest]\nmarkers = slow\n    data_1: b\n", "[pytest]\nmarkers = slow\n", ()),
        ("[other]\nmarkers =\n    data_1: a\n", None, ()),
        ("[pytest]\naddopts =\n    data_1\n", None, ()),
        ("[pytest]\nmarkers =\n    # data_1\n    slow\n", None, ()),
        ("markers =\n    data_1\n", None, ()),
        ("[pytest]\nmarkers =\n    data_1\nno key\n  \xff", None, (3,)),
    ],
)
def test_ini(before, after, by_hand):
    data = before.encode("latin-1")
    said = in_ini(data, "pytest", GONE)
    assert (said.after.decode("latin-1"), said.by_hand) == (after or before, by_hand)


@pytest.mark.parametrize(
    "before,after,by_hand",
    [
        (
            (
                '[tool.pytest.ini_options]\nmarkers = [\n  "data_1: a",  # x\n'
                "  \"slow\",\n  'data_2'\n]\n"
            ),
            '[tool.pytest.ini_options]\nmarkers = [\n  "slow",\n]\n',
            (),
        ),
        ('[tool.pytest.ini_options]\nmarkers = ["data_1", "slow"]\n', None, (2,)),
        ('[tool.pytest.ini_options]\nmarkers = [\n  "data_1", "slow",\n]\n', None, (2,)),
        ('[tool.other]\nmarkers = [\n  "data_1",\n]\n', None, ()),
        ('[tool.pytest.ini_options]\nmarkers = [\n  "slow",\n]\n', None, ()),
        ('[tool.pytest]\nmarkers = [\n  "data_1",\n]\n', "[tool.pytest]\nmarkers = [\n]\n", ()),
        ("not toml [", None, ()),
        ("[tool]\npytest = 1\n", None, ()),
    ],
)
def test_toml(before, after, by_hand):
    said = in_toml(before.encode(), GONE)
    assert (said.after.decode(), said.by_hand) == (after or before, by_hand)


DEF = "def pytest_configure(config):\n"
LINE = '    config.addinivalue_line("markers", "{}")\n'


@pytest.mark.parametrize(
    "before,after,by_hand",
    [
        (
            DEF + LINE.format("data_1: a") + LINE.format("slow: b") + LINE.format("data_2"),
            DEF + LINE.format("slow: b"),
            (),
        ),
        (DEF + LINE.format("data_1") + LINE.format("data_2"), f"{DEF}    pass\n", ()),
        (DEF + "    '''Doc.'''\n" + LINE.format("data_1"), f"{DEF}    '''Doc.'''\n", ()),
        (
            "x = 1\n" + DEF + "    config.addinivalue_line('markers', 'data_1')  # why\n    x()\n",
            None,
            (3,),
        ),
        (DEF + "    for m in ours:\n        config.addinivalue_line('markers', m)\n", None, (3,)),
        (DEF + LINE.format("slow"), None, ()),
        (DEF + "    config.addinivalue_line('addopts', 'data_1')\n", None, ()),
    ],
)
def test_python(before, after, by_hand):
    said = in_python(before.encode(), GONE)
    assert (said.after.decode(), said.by_hand) == (after or before, by_hand)
