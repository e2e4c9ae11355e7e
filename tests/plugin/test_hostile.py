"""Hostile or odd content: every report stays readable, and holds no secret and no command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

import needs
from inner_runs import FILES, OURS, SUBTESTS, XDIST, Ended, all_reports, score, strict_json, whole
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.runfacts import strip_run_facts
from pytest_mltestscore.reporters import to_json

SCHEMA = Path(__file__).parents[2] / "rubric" / "record.schema.json"

PAYLOADS = {
    "unicode": "größe-日本-🦊",
    "surrogates": "low-\udc80\udcff",
    "ansi": "\x1b[31mred\x1b[0m \x1b]8;;http://e.example\x07link\x1b]8;;\x07 \x9b2J",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>&amp;",
    "closing": "</code></pre></details></style>--><!--]]><![CDATA[",
    "traversal": "a/../../b",
    "lines": "one\ntwo\r\n\n| a |\n::error::boom\n::set-output name=x::y\n# head\n\u2028x\u0085y",
    "markdown": "`x` ``y`` *b* | [l](http://e.example) ![i](http://e.example/i.png)",
    "references": "@someone #12 GH-3 http://e.example www.e.example",
    "bidi": "\u202egnp.exe\u2066 \u200b\ufeff",
    "long": "x" * 5000,
    "colons": "::test[x]::",
    "template": "{{ 7 * 7 }}{% raw %}{{ self }}",
    "nonchars": "\ufffe\uffff\x7f\x01\x08\x0b",
}
# What execnet cannot send ends a run under xdist before it begins, with and without us.
SENDABLE = {name: text for name, text in PAYLOADS.items() if name != "surrogates"}
SUITE = """
import json, pytest
from pathlib import Path

PAYLOADS = json.loads(Path(__file__).with_name("payloads.json").read_text())
MORE = "\\ud800" if "low-\\udc80\\udcff" in PAYLOADS else ""
each = pytest.mark.parametrize("text", PAYLOADS, ids=PAYLOADS)

@pytest.mark.mlscore("data-1")
@each
def test_fails(text, mlscore):
    mlscore.record(text, text, limit=text, unit=text)
    assert 0, text + MORE

@pytest.mark.mlscore("data-2")
@each
def test_skips(text):
    pytest.skip(text)

@pytest.mark.mlscore("data-3")
@each
def test_xfails(text):
    pytest.xfail(text)

@pytest.mark.mlscore("model-1")
@each
def test_breaks(text, request):
    request.addfinalizer(lambda: exec("raise type(text, (Exception,), {})(text)"))

@pytest.mark.mlscore("infra-1")
@each
def test_passes(text, mlscore):
    mlscore.record(text, text, limit=text, unit=text)

@each
def test_serves_nothing(text):
    pass
"""
# TOML can hold all but surrogates, and the configuration takes no control characters in links.
STATEMENT = """
[[attestations]]
item = {item!r}
owner = {text}
date = 2026-03-01
summary = {text}
distributed_to = {text}
link = {link}
"""
WAIVER = """
[[waivers]]
item = {item!r}
owner = {text}
reason = {text}
expires = 2026-12-31
"""
RAW_IDS = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true"


def toml(text: str) -> str:
    """Return a TOML string."""
    return (
        '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'
    )


def write_suite(folder: Path, payloads: dict[str, str]) -> None:
    (folder / "test_hostile.py").write_text(SUITE, encoding="utf-8")
    (folder / "payloads.json").write_text(json.dumps(list(payloads.values())), encoding="utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\n{RAW_IDS}\n", encoding="utf-8")
    texts = [toml(t) for t in SENDABLE.values()]
    links = ["javascript:alert(1)", "file:///etc/passwd", "https://x.example/\"onclick='alert(1)'"]
    links += ["[l](http://e.example)", "data:text/html,<script>alert(1)</script>", "http://[::1"]
    items = [f"{section}-{n}" for section in ("infra", "monitor") for n in range(1, 8)][1:]
    made = [
        kind.format(item=item, text=text, link=toml(links[n % len(links)]))
        for n, (item, text) in enumerate(zip(items, texts, strict=True))
        for kind in (STATEMENT, WAIVER)
    ]
    (folder / "mlscore.toml").write_text("".join(made), encoding="utf-8")


OPTIONS = [*all_reports(), "-v", "-p", "no:cacheprovider", "--mlscore-now=2026-03-02"]
GATES = ["--mlscore-fail-under=1", "--mlscore-require=data-1,model-1,monitor-7:automated"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a run in which every text is hostile, without the cache, which takes no surrogates."""
    folder = tmp_path_factory.mktemp("hostile")
    write_suite(folder, PAYLOADS)
    ended = score(folder, *OPTIONS, *GATES)
    assert ended.ret == 1, ended.out[-3000:]
    return ended


def text_of(ended: Ended, kind: str) -> str:
    return (ended.folder / FILES[kind]).read_text(encoding="utf-8")


def record_of(ended: Ended) -> Any:
    return strict_json(text_of(ended, "json"))


def test_every_report_can_be_parsed(hostile):
    for kind, name in FILES.items():
        assert whole(kind, hostile.folder / name)


def test_nothing_is_lost_or_doubled(hostile):
    for item, outcome in {
        "data-1": "failed",
        "data-2": "skipped",
        "data-3": "xfailed",
        "model-1": "error",
        "infra-1": "passed",
    }.items():
        (found,) = [i for i in record_of(hostile)["items"] if i["id"] == item]
        assert [row["outcome"] for row in found["tests"]] == [outcome] * len(PAYLOADS)
        assert len({row["nodeid"] for row in found["tests"]}) == len(PAYLOADS)
    assert len(record_of(hostile)["untagged"]) == len(PAYLOADS)


def test_the_record_is_valid_and_can_be_read_again(hostile):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(record_of(hostile))
    (record,) = parse((hostile.folder / FILES["json"]).read_bytes(), "score.json")
    assert to_json.render(record) == text_of(hostile, "json")


ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("kind", sorted(FILES.keys() - {"json"}))
def test_no_report_holds_what_moves_a_cursor_or_turns_text_around(hostile, kind):
    assert not ACTIVE.findall(text_of(hostile, kind))


def test_the_terminal_block_neither(hostile):
    assert not ACTIVE.findall(hostile.block)
    assert "test_hostile.py::test_fails" in hostile.block
    assert hostile.last_line.startswith("mlscore: ")


@pytest.mark.parametrize("kind", ["md", "md-comment", "ctrf", "prometheus", "terminal"])
def test_no_line_is_a_command_to_a_ci_service(hostile, kind):
    text = hostile.block if kind == "terminal" else text_of(hostile, kind)
    assert not re.search(r"^\s*(::|##\[)", text, re.MULTILINE)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data):
        self.text.append(data)


def test_html_has_no_node_of_a_payload(hostile):
    page = Page(text_of(hostile, "html"))
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "form", "base"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    links = [value for name, value in page.attributes if name in ("href", "src")]
    assert not [a for a in links if not (a or "").startswith(("#", "https://", "http://", "data:"))]
    assert not [a for a in links if (a or "").startswith("data:text")]
    assert ("http-equiv", "Content-Security-Policy") in page.attributes
    text = "".join(page.text)
    assert PAYLOADS["markup"] in text
    assert "{{ 7 * 7 }}" in text


def test_markdown_has_no_link_image_mention_or_markup_of_a_payload(hostile):
    text = text_of(hostile, "md")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    flat = [t for token in tokens for t in [token, *(token.children or ())]]
    assert not [t for t in flat if t.type == "image"]
    assert not [t.attrGet("href") for t in flat if t.type == "link_open"]
    markup = "".join(t.content for t in flat if t.type in ("html_inline", "html_block"))
    assert set(re.findall(r"<\s*/?\s*([a-z!]+)", markup, re.IGNORECASE)) <= {"details", "summary"}
    for t in flat:
        if t.type == "text":  # code spans are shown as they are
            assert not re.search(r"@someone|#12|GH-3|http://e\.example", t.content)
    headings = [t for t in flat if t.type == "heading_open"]
    assert {t.tag for t in headings} <= {"h2", "h3"}


def test_markdown_tables_keep_their_columns(hostile):
    rows = [line for line in text_of(hostile, "md").splitlines() if line.startswith("|")]
    columns = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert columns <= {4, 6}, "sections have three columns, items five"


def test_junit_has_a_case_an_item_and_one_for_the_gate(hostile):
    root = ElementTree.fromstring(text_of(hostile, "junit"))
    assert len(list(root.iter("testcase"))) == 29
    assert sum(int(suite.get("tests", 0)) for suite in root) == 29


def test_workers_send_hostile_content_unchanged(tmp_path):
    needs.module("xdist")
    write_suite(tmp_path, SENDABLE)
    serial = record_of(score(tmp_path, *OPTIONS))
    spread = record_of(score(tmp_path, *OPTIONS, "-n", "2", plugins=[OURS, XDIST]))
    assert bare(serial) == bare(spread)


def bare(record: Any) -> Any:
    """Return a record without the facts of its run."""
    (read,) = parse(json.dumps(record).encode(), "record")
    return json.loads(to_json.render(strip_run_facts(read)))


@pytest.mark.skipif(sys.platform != "linux", reason="file names of bytes that are no text")
def test_a_file_name_that_is_no_text(tmp_path):
    name = os.fsdecode(b"test_caf\xe9.py")
    (tmp_path / name).write_text(
        "import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): assert 0\n", encoding="utf-8"
    )
    ended = score(tmp_path, *OPTIONS)
    assert ended.ret == 1, ended.out
    (row,) = record_of(ended)["items"][0]["tests"]
    assert row["nodeid"] == "test_caf\\udce9.py::test"
    assert all(whole(kind, tmp_path / file) for kind, file in FILES.items())


# Too much of it


def test_five_megabytes_of_everything_stay_small(tmp_path):
    (tmp_path / "test_much.py").write_text(
        textwrap.dedent("""
        import pytest
        pytestmark = pytest.mark.mlscore("data-1")
        MUCH = "much " * 1_000_000

        def test_fails(mlscore):
            print(MUCH)
            mlscore.record(MUCH, MUCH, limit=MUCH, unit=MUCH)
            local = MUCH
            assert 0, MUCH

        def test_skips():
            pytest.skip(MUCH)

        @pytest.mark.xfail(reason=MUCH)
        def test_xfails():
            assert 0

        def test_subtests(subtests):
            for n in range(50):
                with subtests.test(MUCH[:2000], n=n):
                    assert 0, MUCH[:20_000]

        def test_repr():
            class Big:
                def __repr__(self): return MUCH
            raise ValueError(Big())

        @pytest.fixture
        def broken():
            yield
            raise ValueError(MUCH)

        def test_teardown(broken):
            assert 0, MUCH
        """),
        encoding="utf-8",
    )
    ended = score(tmp_path, *OPTIONS, "--tb=no", "-rN", plugins=[OURS, *SUBTESTS])
    assert ended.ret == 1
    for kind, name in FILES.items():
        assert whole(kind, tmp_path / name)
        assert (tmp_path / name).stat().st_size < 150_000, name
    assert len(ended.block) < 10_000


# Secrets

CANARY = "canary-51f7d0c2a9e84b6f"
PASSWORD = "hunter2-canary-pass"
LEAKS = f"""
import os, pytest
from pytest_mltestscore.domain.checkresult import CheckResult
from pytest_mltestscore.domain.sink import push_check
pytestmark = pytest.mark.mlscore("data-1")
TOKEN = os.environ["MLS_TOKEN"]
DATABASE = "postgres://me:{PASSWORD}@db.example/x"

class Client:
    def __repr__(self): return f"Client(token={{TOKEN!r}}, url={{DATABASE!r}})"

@pytest.fixture
def client():
    return Client()

def test_message(): assert 0, f"got {{TOKEN}} from {{DATABASE}}"
def test_compared(): assert dict(os.environ)["MLS_TOKEN"] == "other"
def test_repr(client): assert client is None
def test_skip(): pytest.skip(f"no access to {{DATABASE}} with {{TOKEN}}")
def test_xfail(): pytest.xfail(TOKEN)
def test_output(client): print(TOKEN, DATABASE); raise KeyError(TOKEN)
def test_recorded(mlscore):
    mlscore.record(TOKEN, TOKEN, limit=TOKEN, unit=TOKEN)
    mlscore.record("url", DATABASE, limit=f"< {{DATABASE}}")
    mlscore.record("object", [Client()])
def test_check():
    push_check(CheckResult(name=TOKEN, holds=False, summary=f"{{TOKEN}} {{DATABASE}}"))
@pytest.mark.parametrize("value", [TOKEN, DATABASE])
def test_parametrised(value): assert 0
@pytest.mark.parametrize("value", [TOKEN, DATABASE])
@pytest.mark.mlscore("data-2")
def test_parametrised_and_green(value): pass
def test_subtest(subtests):
    with subtests.test(TOKEN): assert 0, TOKEN
def test_cut():
    assert 0, "x" * 990 + TOKEN + "y" * 990 + TOKEN  # wherever it is cut
"""
UNTAGGED = f"""
import os, pytest
TOKEN = os.environ["MLS_TOKEN"]
@pytest.mark.parametrize("value", [TOKEN, "https://me:{PASSWORD}@x.example"])
def test_untagged(value): pass
def test_end(): pytest.exit(f"lost {{TOKEN}}", returncode=3)
"""
ENVIRONMENT = {
    "MLS_TOKEN": CANARY,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": f"https://{CANARY}@git.example",
    "GITHUB_REPOSITORY": "a/b",
    "GITHUB_RUN_ID": "7",
    "GITHUB_REF_NAME": "main",
}


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a run that meets a secret wherever one can be."""
    folder = tmp_path_factory.mktemp("leaking")
    for name, source in {
        "test_a_leaks.py": LEAKS,
        "test_b_untagged.py": UNTAGGED,
        "test_broken.py": "import os\nraise ValueError(os.environ['MLS_TOKEN'])\n",
        "test_gone.py": "import os, pytest\n"
        "pytest.skip(f\"no {os.environ['MLS_TOKEN']}\", allow_module_level=True)\n",
        "conftest.py": "import os\nfrom pytest_mltestscore.reporters import Reporter\n"
        "def leaks(record): raise ValueError(os.environ['MLS_TOKEN'])\n"
        "def pytest_mlscore_reporters(): return [Reporter('leaks', 'x.txt', '', leaks)]\n"
        "def pytest_addoption(parser): parser.addoption('--api-token')\n"
        "def pytest_runtest_logfinish(nodeid):\n"
        "    if 'test_end' in nodeid: raise ValueError(os.environ['MLS_TOKEN'])\n",
    }.items():
        (folder / name).write_text(source, encoding="utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\n{RAW_IDS}\n", encoding="utf-8")
    (folder / "mlscore.toml").write_text(
        "[[attestations]]\nitem = 'data-3'\nowner = 'x'\ndate = 2026-03-01\nsummary = 'x'\n"
        f"distributed_to = 'x'\nlink = 'https://me:{PASSWORD}@wiki.example/page'\n",
        encoding="utf-8",
    )
    author = ["-c", "user.name=x", "-c", "user.email=x@x.example"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["remote", "add", "origin", f"https://me:{CANARY}@git.example/a/b.git"],
        [*author, "commit", "-q", "--allow-empty", "-m", "first"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return score(
        folder,
        *OPTIONS,
        "--mlscore-report=leaks",
        "--mlscore-fail-under=1",
        "--continue-on-collection-errors",
        f"--api-token={CANARY}",
        f"--deselect=test_a_leaks.py::test_none[{CANARY}]",
        plugins=[OURS, *SUBTESTS],
        env=ENVIRONMENT,
    )


def test_the_run_met_the_secrets(leaking):
    """Or the tests below would show nothing."""
    assert leaking.ret != 0
    record = record_of(leaking)
    (item,) = [i for i in record["items"] if i["id"] == "data-1"]
    assert len(item["tests"]) == 14
    assert json.dumps(item).count("***") > 20
    assert "***" in json.dumps(record["run"]["incomplete_reasons"])
    assert "***" in json.dumps(record["untagged"])
    assert any("***" in note for note in record["notes"])
    assert record["run"]["ci"]["url"].startswith("https://git.example/a/b")
    assert "***" in leaking.block


@pytest.mark.parametrize("secret", [CANARY, PASSWORD])
def test_no_report_holds_a_secret(leaking, secret):
    files = [p for p in leaking.folder.iterdir() if p.name in FILES.values()]
    assert len(files) == len(FILES)
    for path in files:
        found = re.findall(f".{{0,80}}{secret[:-4]}", path.read_text(encoding="utf-8"))
        assert not found, path.name


@pytest.mark.parametrize("secret", [CANARY, PASSWORD])
def test_nor_does_what_we_print(leaking, secret):
    assert secret not in leaking.block
    assert secret not in leaking.err


def test_secrets_in_arguments_are_masked(leaking):
    argument = f"test_a_leaks.py::test_parametrised[{CANARY}]"
    ended = score(leaking.folder, *all_reports(), argument, env=ENVIRONMENT)
    reasons = record_of(ended)["run"]["incomplete_reasons"]
    assert [r["detail"] for r in reasons] == [
        "only test_a_leaks.py::test_parametrised[***] was run"
    ]
    for name in FILES.values():
        assert CANARY not in (leaking.folder / name).read_text(encoding="utf-8")
    assert CANARY not in ended.block


CUT = """
import os, pytest
from pytest_mltestscore import CheckResult, measurement, push_check
TOKEN = os.environ["MLS_TOKEN"]

def cut(limit):  # so that a few characters of a secret would be left on each side
    keep = (limit - 20) // 2
    return "x" * (keep - 8) + TOKEN + "y" * limit + TOKEN + "z" * (keep - 8)

@pytest.mark.mlscore("data-1")
def test_recorded(mlscore):
    mlscore.record(cut(1000), cut(1000), limit=cut(1000), unit=cut(1000))
    mlscore.record("object", [cut(200 - 4)])
    values = (measurement("text", cut(1000)),)
    push_check(CheckResult(name=cut(1000), holds=True, summary=cut(1000), measurements=values))
"""


@pytest.mark.parametrize("mode", [[], ["-n1"]], ids=["serial", "xdist"])
def test_what_is_recorded_is_masked_before_it_is_cut(tmp_path, mode):
    if mode:
        needs.module("xdist")
    (tmp_path / "test_cut.py").write_text(CUT, encoding="utf-8")
    plugins = [OURS, XDIST] if mode else [OURS]
    ended = score(tmp_path, *OPTIONS, *mode, plugins=plugins, env=ENVIRONMENT)
    assert ended.ret == 0
    text = json.dumps(record_of(ended))
    assert text.count("***") == 16
    assert CANARY[:7] not in text
    assert CANARY[-7:] not in text


def test_variants_that_differ_in_a_secret_only_are_one_row_and_none_is_hidden(tmp_path):
    (tmp_path / "test_two.py").write_text(
        "import os, pytest\n"
        "@pytest.mark.mlscore('data-1')\n"
        "@pytest.mark.parametrize('n', [os.environ['A_TOKEN'], os.environ['B_TOKEN']])\n"
        "def test(n): assert n != os.environ['B_TOKEN']\n",
        encoding="utf-8",
    )
    env = {"A_TOKEN": "first-secret-value", "B_TOKEN": "second-secret-value"}
    ended = score(tmp_path, "--mlscore-report=json:score.json", env=env)
    (row,) = record_of(ended)["items"][0]["tests"]
    assert (row["nodeid"], row["outcome"]) == ("test_two.py::test[***]", "failed")
    assert record_of(ended)["run"]["selected"] == 2
    assert record_of(ended)["run"]["complete"]


# The same result everywhere

PLACES = {
    "ascii": {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "1",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "40",
    },
    "turkish": {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "TZ": "Etc/GMT+12"},
    "optimised": {"PYTHONHASHSEED": "3", "TERM": "dumb", "FORCE_COLOR": "1"},
}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Return the run of one suite in different places, by name."""
    folder = tmp_path_factory.mktemp("everywhere")
    write_suite(folder, SENDABLE)
    # pytest cannot put a raw id into the environment where that is ASCII.
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "test_many.py").write_text(
        "import pytest\n"
        "@pytest.mark.mlscore('FEATURE-SCHEMA', 'model-5', 'infra-3', 'monitor-6', 'data-2')\n"
        "@pytest.mark.parametrize('n', range(30))\ndef test(n): assert n % 7\n",
        encoding="utf-8",
    )
    epoch = {"SOURCE_DATE_EPOCH": "1772409599", "PYTHONHASHSEED": "0"}  # the last second of a day
    options = ["-p", "no:cacheprovider", "--mlscore-fail-under=1"]
    runs = {}
    for name, env in {"here": {}, "below": {}, **PLACES}.items():
        files = [f"--mlscore-report={kind}:{name}.{kind}" for kind in ("json", "html")]
        if name == "below":
            files = [option.replace(":", ":../") for option in files]
        where = folder / "sub" if name == "below" else folder
        here = [".."] if name == "below" else []
        runs[name] = score(where, *files, *options, *here, env={**epoch, **env})
    return runs


@pytest.mark.parametrize("place", ["below", *PLACES])
def test_the_place_of_a_run_does_not_change_its_record(everywhere, place):
    folder = everywhere["here"].folder
    assert everywhere[place].ret == 1, everywhere[place].err
    first, second = (
        strict_json((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("here", place)
    )
    assert bare(first) == bare(second)
    assert first["date"] == "2026-03-01"


def test_a_terminal_without_unicode_gets_none(everywhere):
    assert everywhere["ascii"].block.isascii()
    assert everywhere["ascii"].last_line.startswith("mlscore: ")


# Code and files that data names

SPY = """
import json, os, sys

LOG = os.open("audit.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
WATCHED = {
    "pickle.find_class", "socket.connect", "socket.getaddrinfo", "socket.sendto",
    "urllib.Request", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
    "subprocess.Popen", "ctypes.dlopen", "open", "import", "compile", "os.remove", "shutil.rmtree",
    "webbrowser.open", "ftplib.connect", "code.__new__",
}
STARTED = []

def shown(event, args):
    if event == "open":
        path, mode, flags = args
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        return str(path) if writes else None
    if event == "compile":
        source = args[0] if isinstance(args[0], (str, bytes)) else b""
        source = source.encode() if isinstance(source, str) else source
        return str(args[1]) if b"xyzzy" in source else None
    if event == "import":
        return args[0] if "xyzzy" in args[0] else None
    return repr(args)[:300]

def watch(event, args):
    if event in WATCHED and STARTED:
        try:
            text = shown(event, args)
        except Exception as error:
            text = repr(error)
        if text is not None:
            os.write(LOG, (json.dumps([event, text]) + "\\n").encode())

def pytest_cmdline_main():
    STARTED.append(True)

sys.addaudithook(watch)
"""


def test_data_names_no_code_no_host_and_no_file(tmp_path):
    """Only git is asked, and only what was asked for is written."""
    (tmp_path / "spy.py").write_text(SPY, encoding="utf-8")
    (tmp_path / "test_tame.py").write_text(
        "import json, pytest\nfrom pathlib import Path\n"
        "NAMES = json.loads(Path('names.json').read_text())\n"
        "@pytest.mark.mlscore('data-1')\n@pytest.mark.parametrize('n', NAMES)\n"
        "def test(n, mlscore): mlscore.record(n, n)\n",
        encoding="utf-8",
    )
    code = "__import__('xyzzy_module').xyzzy()"
    names = [
        code,
        "xyzzy_module:xyzzy",
        "!!python/object/apply:xyzzy",
        "{{ xyzzy }}",
    ]
    (tmp_path / "names.json").write_text(json.dumps(names), encoding="utf-8")
    (tmp_path / "mlscore.toml").write_text(
        f"[tags]\n{json.dumps('*' + code)} = 'data-2'\n'xyzzy_module:xyzzy' = 'data-2'\n"
        "[[attestations]]\nitem = 'data-3'\nowner = 'xyzzy_module:xyzzy'\ndate = 2026-03-01\n"
        f"summary = {json.dumps(code)}\ndistributed_to = '{{{{ xyzzy }}}}'\n"
        "link = 'http://xyzzy.example/xyzzy'\n",
        encoding="utf-8",
    )
    options = ["--mlscore-now=2026-03-02", "-p", "no:cacheprovider"]
    # The second run reads the record of the first, with what stands in it, as baseline.
    assert score(tmp_path, "--mlscore-report=json:base.json", *options).ret == 0
    before = {p for p in tmp_path.rglob("*") if "__pycache__" not in p.parts}
    options += ["--mlscore-baseline=base.json", "--mlscore-fail-on-regression"]
    ended = score(
        tmp_path,
        *all_reports(),
        *options,
        plugins=["spy", OURS],
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ended.ret == 0, ended.err
    seen = [json.loads(line) for line in (tmp_path / "audit.log").read_text("utf-8").splitlines()]
    kinds = {event for event, _ in seen}
    assert kinds <= {"subprocess.Popen", "os.posix_spawn", "os.fork", "open", "os.remove"}
    for event, text in seen:
        if event in ("subprocess.Popen", "os.posix_spawn"):
            assert "git" in text, text
        elif event == "open":
            name = Path(text).name
            assert re.fullmatch(r"\.mlscore-[0-9a-f]+\.tmp|/?dev/null|null|\d+", name), text
    after = {p for p in tmp_path.rglob("*") if "__pycache__" not in p.parts}
    assert {p.name for p in after - before} == {*FILES.values(), "audit.log"}


BAD_FILES = {
    "nested": ("mlscore.toml", b"x = " + b"[" * 100_000),
    "nul": ("mlscore.toml", b"system = 'a\x00b'"),
    "latin": ("mlscore.toml", "[tags]\n'gr\xf6\xdfe' = 'data-1'".encode("latin-1")),
    "twice": ("mlscore.toml", b"[tags]\na = 'data-1'\na = 'data-2'"),
    "wildcard": ("mlscore.toml", b"[[attestations]]\nitem = 'data-*'\nowner = 'x'"),
    "outside": ("mlscore.toml", b"[[attestations]]\nitem = 'data-1'\nfile = '../../etc/passwd'"),
    "automated": ("mlscore.toml", b"[[attestations]]\nitem = 'data-1'\nautomated = true"),
    "no-json": ("base.json", b"\x80\x04\x95canary."),
    "deep-json": ("base.json", b"[" * 100_000),
    "nan-json": ("base.json", b'{"report_format": "mlscore", "score": NaN}'),
    "newer": ("base.json", b'{"report_format": "mlscore", "schema_version": "99.0"}'),
    "empty": ("base.json", b""),
    "alien": ("base.json", b'{"tests": []}'),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_usage_errors_and_nothing_is_overwritten(tmp_path, name):
    file, data = BAD_FILES[name]
    (tmp_path / "test_ok.py").write_text("def test(): pass\n", encoding="utf-8")
    (tmp_path / file).write_bytes(data)
    (tmp_path / "old.json").write_bytes(b"old")
    baseline = ["--mlscore-baseline=base.json"] if file == "base.json" else []
    ended = score(tmp_path, "--mlscore-report=json:old.json", *baseline)
    assert ended.ret == 4, ended.out
    assert file in ended.err
    assert "Traceback" not in ended.err
    assert "INTERNALERROR" not in ended.err
    assert len(ended.err) < 3000
    assert (tmp_path / "old.json").read_bytes() == b"old"
