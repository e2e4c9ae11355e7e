"""A server on the loopback device, in a thread, that answers JSON by a function."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StatusError(Exception):
    """Answer with this status in place of 200."""


@contextmanager
def answering(function: Callable[[Any], Any]) -> Iterator[str]:
    """Yield the address of a server that answers a POST by the function, and a GET by null."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, b"null")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self._send(200, json.dumps(function(body)).encode())
            except StatusError as error:
                self._send(int(str(error)), b"{}")

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Location", "http://192.0.2.1/")  # of a redirect: nowhere
            with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep the tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
