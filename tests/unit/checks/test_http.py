import time

import pytest

from loopback_server import StatusError, answering
from pytest_mltestscore import InputError
from pytest_mltestscore.checks._http import answers_at, ask, free_port, require_loopback


def failing(status):
    def answer(body):
        raise StatusError(status)

    return answer


def test_json_goes_there_and_back(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")  # would never answer
    with answering(lambda body: {"twice": 2 * body["x"]}) as url:
        reply = ask(url, {"x": 2}, timeout_s=10)
        assert (reply.answer, reply.problem) == ({"twice": 4}, "")
        assert answers_at(url, timeout_s=10)


@pytest.mark.parametrize("status", [404, 500, 302])
def test_other_statuses_are_problems_and_redirects_are_not_followed(status):
    with answering(failing(status)) as url:
        assert ask(url, {}, timeout_s=10).problem == f"status {status}"


def test_silence_and_slowness_are_problems():
    assert ask(f"http://127.0.0.1:{free_port()}", timeout_s=1).problem == (
        "no answer: ConnectionRefusedError"
    )
    with answering(lambda body: time.sleep(0.3)) as url:
        assert "no answer" in ask(url, {}, timeout_s=0.05).problem


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://127.1.2.3:1", "http://[::1]:80"])
def test_this_machine_is_accepted(url):
    assert require_loopback(url, "candidate") == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://example.org", "http://10.0.0.1:80", "ftp://127.0.0.1", "model", "http://"]
)
def test_other_machines_are_not(url):
    with pytest.raises(InputError) as caught:
        require_loopback(url, "candidate")
    assert caught.value.argument == "candidate"
