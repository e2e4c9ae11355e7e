"""Child processes: what comes back from them, and what becomes of those that die."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from pytest_mltestscore.collect.proving.children import ChildDiedError, Spare, can_fork, in_child

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")


def test_an_answer_comes_back_however_long_it_is():
    assert in_child(lambda: b"x" * 1_000_000, 60) == b"x" * 1_000_000


def test_a_child_sees_what_there_is_and_takes_its_changes_along():
    seen = [1]

    def work():
        seen.append(2)
        return bytes(seen)

    assert in_child(work, 60) == b"\x01\x02"
    assert seen == [1]


def die():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    raise SystemExit(3)


def hang():
    time.sleep(600)


@pytest.mark.parametrize(
    "work, seconds, said",
    [
        (die, 60, r"crashed a process of its own \(SIGSEGV\)"),
        (leave, 60, "ended a process of its own"),
        (hang, 0.2, "took longer than 0 s in a process of its own"),
    ],
)
def test_a_child_without_an_answer_is_an_error_that_says_how_it_died(work, seconds, said):
    with pytest.raises(ChildDiedError, match=said):
        in_child(work, seconds)


def test_what_a_child_leaves_running_is_not_waited_for():
    def work():
        if os.fork() == 0:
            time.sleep(600)
        return b"done"

    assert in_child(work, 60) == b"done"


def test_a_spare_works_with_things_as_they_were():
    state = {"number": 1}
    with Spare(lambda: str(state["number"]).encode()) as spare:
        state["number"] = 2
        assert spare.answer(60) == b"1"


def test_a_spare_may_have_children_of_its_own():
    with Spare(lambda: in_child(lambda: b"deep", 60)) as spare:
        assert spare.answer(60) == b"deep"


def test_a_spare_that_is_not_asked_does_nothing(tmp_path):
    with Spare((tmp_path / "made").mkdir):
        pass
    assert not (tmp_path / "made").exists()


def test_a_spare_that_dies_of_its_work_has_no_answer():
    with Spare(die) as spare:
        assert spare.answer(60) is None


def test_no_child_is_left_behind(monkeypatch):
    pids = []
    fork = os.fork

    def noting():
        pids.append(fork())
        return pids[-1]

    monkeypatch.setattr(os, "fork", noting)
    in_child(lambda: b"", 60)
    with Spare(lambda: b"") as spare:
        spare.answer(60)
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_the_children_of_a_spare_end_with_it(tmp_path):
    def beget():
        in_child(lambda: (tmp_path / "pid").write_text(f"{os.getpid()}\n") and hang(), 600)

    with Spare(beget) as spare:
        os.write(spare._bell, b"!")
        while not (tmp_path / "pid").is_file() or "\n" not in (tmp_path / "pid").read_text():
            time.sleep(0.01)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(1000):  # nobody waits for it but the first process of the machine
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.01)
    raise AssertionError("still there")
