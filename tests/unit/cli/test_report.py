from __future__ import annotations

import os
from pathlib import Path

import pytest

import sample_records
from pytest_mltestscore import reporters
from pytest_mltestscore.cli import report
from pytest_mltestscore.reporters import REPORTERS, Reporter
from pytest_mltestscore.reporters.to_terminal import summary, verdict_line


def lines(record, **options):
    code = {"failed": 10, "undecided": 11}.get(record.gate.status, 0)
    found = [*summary(record, **options), verdict_line(record, exit_code=code, encoding="utf-8")]
    return "".join("".join(span.text for span in line) + "\n" for line in found)


def test_the_terminal_report_is_the_default(mlscore, save):
    record = sample_records.mixed()
    done = mlscore("report", save("r.json", record))
    assert (done.code, done.err) == (0, "")
    assert done.out == lines(record, encoding="utf-8")


@pytest.mark.parametrize("detail", ["summary", "items", "line"])
def test_the_terminal_report_in_other_details(mlscore, save, detail):
    record = sample_records.cut_short()
    out = mlscore("report", save("r.json", record), f"--type=term:{detail}").out
    assert out == lines(record, detail=detail, encoding="utf-8")


def test_the_terminal_report_off_is_the_verdict(mlscore, save):
    out = mlscore("report", save("r.json"), "--type", "term:off").out
    assert out == "mlscore: score 0 of 7  (no gate was asked for)\n"


def test_the_width_is_that_of_the_terminal(mlscore, save, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    out = mlscore("report", save("r.json", sample_records.mixed())).out
    assert max(len(line) for line in out.splitlines() if "::" not in line) <= 50


@pytest.mark.parametrize("name", [reporter.name for reporter in REPORTERS])
def test_every_reporter_to_a_file_and_to_standard_output(mlscore, save, name):
    record = sample_records.mixed()
    path, expected = save("r.json", record), reporters.find(name).render(record)
    done = mlscore("report", path, f"--type={name}:out/{name}.txt")
    assert (done.code, done.out, done.err) == (0, "", "")
    if name == "html-dir":
        assert Path(f"out/{name}.txt/index.html").read_text("utf-8") == expected
        return
    assert Path(f"out/{name}.txt").read_text("utf-8") == expected
    assert mlscore("report", path, "--type", name).out == expected


def test_a_report_in_a_folder_has_one_of_its_own_without_a_destination(mlscore, save):
    done = mlscore("report", save("r.json"), "--type=html-dir")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert {path.name for path in Path("mlscore-html").iterdir()} == {"index.html", "style.css"}


def test_several_reports_at_once(mlscore, save):
    path = save("r.json")
    done = mlscore("report", path, "--type=md:a.md", "--type=term", "--type=md:b.md")
    assert done.out.endswith("mlscore: score 0 of 7  (no gate was asked for)\n")
    assert Path("a.md").read_bytes() == Path("b.md").read_bytes()


def test_the_record_may_come_from_standard_input(mlscore, save, stdin):
    stdin(Path(save("r.json")).read_bytes())
    assert mlscore("report", "-", "--type", "json:r.json").code == 0


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["--type=htm"], "unknown report 'htm'; did you mean 'html'? Known reports: term, html"),
        (["--type="], "unknown report ''; Known reports: term, html"),
        (["--type=term:itmes"], "--type: unknown detail in term:itmes; did you mean term:items?"),
        (["--type=term:x"], "--type: unknown detail in term:x; give summary, items, line, off"),
        (["--type=html:."], "cannot write '.': it is a folder"),
        (["--type=html:r.json"], "r.json: is the record itself; name another file"),
        (["--type=md:a", "--type=html:./a"], "./a: two reports go there; give each a file of its"),
        (["--type=md", "--type=html"], "standard output: two reports go there; give each a file"),
        (["--type=html-dir:-"], "html-dir fills a folder, not standard output; name one, such as"),
        (["--type=html-dir:r.json"], "cannot write 'r.json/index.html': Not a directory"),
        (["--type=html-dir:a", "--type=md:a/style.css"], "a/style.css: two reports go there;"),
        (["--type=md:ok.md", "--type=htm:x"], "unknown report 'htm'"),
    ],
)
def test_refusals_come_before_anything_is_written(refused, save, arguments, message):
    assert refused("report", save("r.json"), *arguments).startswith(message)


def test_a_reporter_of_another_package(mlscore, save, monkeypatch):
    number = Reporter("number", "n.txt", "the score", lambda record: f"{record.score.final:g}\n")
    monkeypatch.setattr(report, "extra_reporters", lambda: (number,))
    assert mlscore("report", save("r.json", full=["data"]), "--type=number").out == "0\n"


def test_a_name_that_is_taken_is_refused(refused, save, monkeypatch):
    html = Reporter("html", "n.txt", "another", str)
    monkeypatch.setattr(report, "extra_reporters", lambda: (html,))
    assert refused("report", save("r.json"), "--type=html").startswith("there are two reporters")


def test_a_reporter_that_breaks_keeps_no_other_from_being_written(mlscore, save, monkeypatch):
    def broken(record):
        raise ZeroDivisionError("no\nluck")

    monkeypatch.setattr(
        report, "extra_reporters", lambda: (Reporter("broken", "b.txt", "", broken),)
    )
    done = mlscore("report", save("r.json"), "--type=broken:b.txt", "--type=md:a.md")
    assert done.code == 2
    assert done.err == (
        "mlscore: error: report broken: its reporter failed: ZeroDivisionError: no\n  luck\n"
    )
    assert Path("a.md").exists()
    assert not Path("b.txt").exists()


def test_a_file_that_cannot_be_written_keeps_no_other_from_being_written(
    mlscore, save, monkeypatch
):
    def full_disk(*arguments):
        raise OSError(28, "No space left on device")

    path = save("r.json")
    Path("a.md").write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "replace", full_disk)
    done = mlscore("report", path, "--type=md:a.md", "--type=term")
    assert done.code == 2
    assert done.err.startswith("mlscore: error: report md: ")
    assert done.err.endswith("a.md: cannot be written: No space left on device\n")
    assert done.last.startswith("mlscore: score")
    assert Path("a.md").read_text("utf-8") == "before"
