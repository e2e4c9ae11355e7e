"""A server before a server, which damages what it answers. Run as a program of its own.

It needs the standard library only, so that it is there as soon as what it stands for.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

FAILS_EVERY = 3
_HOST = "127.0.0.1"
_turns = itertools.count(1)


def main(marker: str, damage: str, port: str, hidden: str) -> None:
    """Start the server at another port, and pass on what it answers at this one."""
    Path(marker).touch()
    with socket.socket() as free:
        free.bind((_HOST, 0))
        inner = free.getsockname()[1]
    words = [
        word.replace("{port}", str(inner)).replace("{host}", _HOST)
        for word in json.loads(base64.b64decode(hidden))
    ]
    process = subprocess.Popen(words, env={**os.environ, "PORT": str(inner)})  # noqa: S603

    def stop(*_: Any) -> NoReturn:
        process.kill()
        raise SystemExit(1)

    signal.signal(signal.SIGTERM, stop)
    try:
        ThreadingHTTPServer((_HOST, int(port)), _handler(damage, inner)).serve_forever()
    finally:
        process.kill()


def _handler(damage: str, inner: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Passes requests on."""

        def do_GET(self) -> None:
            """Pass a question for health on, as it is."""
            self._pass_on(None)

        def do_POST(self) -> None:
            """Pass a question for predictions on, and damage the answer."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if damage == "errors" and next(_turns) % FAILS_EVERY == 0:
                self._send(500, b"{}")
            else:
                self._pass_on(body)

        def _pass_on(self, body: bytes | None) -> None:
            kind = self.headers.get("Content-Type", "application/json")
            address = f"http://{_HOST}:{inner}{self.path}"
            request = urllib.request.Request(address, data=body, headers={"Content-Type": kind})
            try:
                with urllib.request.urlopen(request) as answer:  # noqa: S310
                    status, content = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, content = error.code, error.read()
            except OSError:
                status, content = 503, b"{}"
            self._send(
                status,
                wrong_content(content) if body is not None and damage == "wrong" else content,
            )

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def wrong_content(content: bytes) -> bytes:
    """Return JSON with every number and word changed; what is no JSON stays as it is."""
    try:
        return json.dumps(_changed(json.loads(content))).encode()
    except ValueError:
        return content


def _changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * 1.5 + 1
    if isinstance(value, str):
        return f"not {value}"
    if isinstance(value, list):
        return [_changed(part) for part in value]
    if isinstance(value, dict):
        return {key: _changed(part) for key, part in value.items()}
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
