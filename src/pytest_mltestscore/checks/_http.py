"""JSON over HTTP to servers on this machine, and to no other: no proxies, no redirects."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..domain.errors import InputError

HOST = "127.0.0.1"
MOST_BYTES = 50_000_000


class Reply(NamedTuple):
    """What came back on one request."""

    answer: Any
    """The JSON of the answer; None if there is a problem."""
    problem: str
    """Empty if the answer came with a status of 2xx and is JSON."""
    seconds: float


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


# The environment may name a proxy, which would see the requests.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def require_loopback(url: str, argument: str) -> str:
    """Return an address of this machine without its last slash.

    Raises
    ------
    InputError
        If it is no HTTP address, or one of another machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(argument, f"{url!r} is no address; give http://127.0.0.1:8000 or the like")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise InputError(argument, f"{host} is not this machine; give a loopback address")
    return url.rstrip("/")


def free_port() -> int:
    """Return a port of the loopback device that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def ask(url: str, body: Any = None, *, timeout_s: float) -> Reply:
    """Send JSON by POST, or ask by GET where there is no body."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - `require_loopback` saw the scheme
        url, content, {"Content-Type": "application/json", "Accept": "application/json"}
    )
    began = time.perf_counter()
    answer, problem = None, ""
    try:
        with _OPENER.open(request, timeout=timeout_s) as response:
            answer = json.loads(response.read(MOST_BYTES) or b"null")
    except urllib.error.HTTPError as error:
        problem = f"status {error.code}"
        error.close()
    except TimeoutError:
        problem = f"no answer in {timeout_s:g} s"
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        problem = f"no answer: {type(reason).__name__}"
    except ValueError:
        problem = "an answer that is not JSON"
    return Reply(answer, problem, time.perf_counter() - began)


def answers_at(url: str, *, timeout_s: float) -> bool:
    """Whether a server answers with a status of 2xx, whatever it says."""
    return ask(url, timeout_s=timeout_s).problem in ("", "an answer that is not JSON")
