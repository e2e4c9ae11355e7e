import os
import sys
import time

import pytest

import needs

needs.module_at_import("numpy", "scipy")

from loopback_server import StatusError, answering  # noqa: E402 - needs what was just asked for
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._http import free_port  # noqa: E402
from pytest_mltestscore.checks.infra import canary  # noqa: E402

BODIES = [{"x": n / 10} for n in range(10)]

SERVER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(200, os.getpid())
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(200, {"scores": [body["x"] + float(sys.argv[2])]})
    def reply(self, status, answer):
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    def log_message(self, *_):
        pass
with open(sys.argv[3], "w") as file:
    file.write(str(os.getpid()))
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def command(tmp_path, shift, name):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    return [sys.executable, "-I", "-S", str(script), "{port}", str(shift), str(tmp_path / name)]


def ended(path):
    pid = int(path.read_text())
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def score(body):
    return {"scores": [body["x"]]}


def verdicts(result):
    return {row["question"]: row["verdict"] for row in result.table}


def against(answer, **options):
    with answering(answer) as new, answering(score) as old:
        return canary(new, BODIES, incumbent=old, read="scores", **options)


def test_two_commands_are_started_compared_and_stopped(tmp_path):
    new, old = command(tmp_path, 0.05, "new"), command(tmp_path, 0, "old")
    result = canary(new, BODIES, incumbent=old, read="scores", max_latency_ratio=100)
    assert result
    assert result.volatile
    assert result.summary == "10 requests: 0.0% errors, mean change 0.05"
    assert ended(tmp_path / "new")
    assert ended(tmp_path / "old")


def test_the_server_is_stopped_after_a_failure_too(tmp_path):
    with pytest.raises(InputError, match="incumbent: did not start"):
        canary(
            command(tmp_path, 0, "new"), BODIES, start_s=0.1,
            incumbent=f"http://127.0.0.1:{free_port()}",
        )  # fmt: skip
    new = command(tmp_path, 0, "new")

    def interrupted(answer):
        raise KeyboardInterrupt

    with answering(score) as old, pytest.raises(KeyboardInterrupt):
        canary(new, BODIES, incumbent=old, read=interrupted)
    assert ended(tmp_path / "new")


def test_a_candidate_that_does_not_start_fails():
    broken = [sys.executable, "-c", "print('no model file'); raise SystemExit(2)"]
    result = canary(broken, BODIES, answers=[score(body) for body in BODIES], read="scores")
    assert not result
    assert "did not start: exit status 2" in result.summary
    assert "no model file" in result.summary


def test_a_candidate_that_never_gets_healthy_fails():
    result = canary(["sleep", "60"], BODIES[:1], answers=[1.0], start_s=0.2, request_s=0.1)
    assert not result
    assert "/health not healthy in 0.2 s" in result.summary


def test_errors_are_counted():
    def failing(body):
        if body["x"] > 0.75:
            raise StatusError(500)
        return score(body)

    result = against(failing, max_latency_ratio=100)
    assert not result
    assert "share of errors 0.2 (limit <= 0); most often: status 500" in result.summary
    assert against(failing, max_errors=0.25, max_latency_ratio=100)


@pytest.mark.parametrize(
    "answer, problem",
    [
        (lambda body: {"scores": [float("nan")]}, "not finite"),
        (lambda body: {"scores": []}, "no predictions"),
        (lambda body: {"scores": None}, "neither numbers nor words"),
        (lambda body: {"error": "x"}, "cannot be read: KeyError"),
    ],
)
def test_answers_without_predictions_are_errors(answer, problem):
    result = against(answer)
    assert not result
    assert problem in result.notes[0]
    assert verdicts(result)["share of errors"] == "FAILED"
    assert verdicts(result)["mean change of predictions"] == "FAILED"


def test_predictions_that_change_too_much_are_found():
    result = against(lambda body: {"scores": [1 - body["x"]]}, max_latency_ratio=100)
    assert not result
    assert verdicts(result)["mean change of predictions"] == "FAILED"
    more = against(lambda body: {"scores": [body["x"], body["x"]]})
    assert verdicts(more)["mean change of predictions"] == "FAILED"


def test_words_are_compared_by_the_share_that_differs():
    words = ["yes"] * 9 + ["no"]
    with answering(lambda body: "yes") as new:
        assert canary(new, BODIES, answers=words, max_change=0.1)
        assert not canary(new, BODIES, answers=words, max_change=0.05)


def test_a_slow_candidate_is_found():
    def slow(body):
        time.sleep(0.05)
        return score(body)

    result = against(slow)
    assert verdicts(result)["latency against incumbent"] == "FAILED"
    result = against(slow, max_latency_ratio=10_000, max_latency_s=0.02)
    assert verdicts(result)["median seconds"] == "FAILED"


def test_what_was_not_judged_is_said():
    with answering(score) as new, answering(score) as old:
        recorded = canary(new, BODIES, answers=[score(b) for b in BODIES], read="scores")
        few = canary(new, BODIES[:3], incumbent=old, read="scores")
    assert recorded
    assert "latencies were not compared" in recorded.notes[0]
    assert few
    assert "fewer than 5 requests" in few.notes[0]


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"requests": []}, "requests", "is empty"),
        ({"requests": {"x": 1}}, "requests", "is of type dict; give a list"),
        ({"answers": None}, "incumbent", "give either the incumbent or"),
        ({"incumbent": ["true"]}, "incumbent", "give either the incumbent or"),
        ({"incumbent": ["true"], "answers": None}, "incumbent", "is the candidate; give"),
        ({"answers": [1.0]}, "answers", "has 1 answers to 10 requests"),
        ({"answers": [float("nan")] * 10}, "answers", "answer 0: predictions that are not finite"),
        ({"candidate": "http://example.org"}, "candidate", "is not this machine"),
        ({"candidate": "serve"}, "candidate", "is no address"),
        ({"candidate": []}, "candidate", "is no list of words"),
        ({"candidate": ["no-such-program"]}, "candidate", "cannot be started"),
        ({"max_errors": 1}, "max_errors", "give a share"),
        ({"max_change": float("nan")}, "max_change", "give 0 or more"),
        ({"max_latency_ratio": 0}, "max_latency_ratio", "give a number above 0"),
    ],
)
def test_bad_arguments_are_named(options, argument, words):
    options = {"candidate": ["true"], "requests": BODIES, "answers": [1.0] * 10, **options}
    with pytest.raises(InputError, match=words) as caught:
        canary(options.pop("candidate"), options.pop("requests"), **options)
    assert caught.value.argument == argument


def test_an_incumbent_that_fails_is_an_error():
    words = "incumbent: failed on request 0"
    empty = answering(lambda body: {})
    with answering(score) as new, empty as old, pytest.raises(InputError, match=words):
        canary(new, BODIES, incumbent=old, read="scores")
