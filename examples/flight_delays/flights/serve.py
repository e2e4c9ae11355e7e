"""The server: a flight's place in the schedule in, the probability of a late arrival out.

    python -m flights.serve --registry DIR --store DIR --log FILE [--version V] [--port N]

It binds to the loopback address only and prints one line of JSON with its port when it is ready.

`POST /predict` takes `{"flights": [...]}` and answers with the version and one probability a
flight; `GET /health` says which version answers. Each prediction is logged as one line of JSON.
Without `--version` the server follows the registry's pointer from request to request.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from flights import features as ft
from flights.model import LateClassifier, late_probability
from flights.online import BadRequestError, OnlineStore, columns_of, validate
from flights.registry import ArtifactError, Registry

MAX_BODY = 1_000_000
MAX_FLIGHTS = 500


class Predictor:
    """The model that answers now, with the look-ups it needs and the log it writes."""

    def __init__(
        self, registry: Registry, store: OnlineStore, log: Path, version: str | None = None
    ) -> None:
        self._registry, self._store, self._log = registry, store, log
        self._fixed = version
        self._lock = threading.Lock()
        self._loaded: tuple[str, LateClassifier] | None = None
        self.current()

    def current(self) -> tuple[str, LateClassifier]:
        """Return version and model that answer now; loads the model when the pointer has moved."""
        wanted = self._fixed or self._registry.serving()
        if wanted is None:
            raise ArtifactError("no version has been promoted")
        with self._lock:
            if self._loaded is None or self._loaded[0] != wanted:
                self._loaded = (wanted, self._registry.load(wanted))
            return self._loaded

    def predict(self, flights: list[Any]) -> dict[str, Any]:
        """Answer a request and log one line for each flight."""
        began = time.perf_counter()
        requests = [validate(flight) for flight in flights]
        version, model = self.current()
        columns = ft.build(columns_of([self._store.inputs(flight) for flight in requests]))
        probabilities = late_probability(model, columns).tolist()
        self._write(requests, columns, probabilities, version, time.perf_counter() - began)
        return {"version": version, "probabilities": probabilities}

    def _write(
        self,
        requests: list[dict[str, Any]],
        columns: dict[str, Any],
        probabilities: list[float],
        version: str,
        seconds: float,
    ) -> None:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        values = {name: column.tolist() for name, column in columns.items()}
        lines = []
        for place, (flight, probability) in enumerate(zip(requests, probabilities, strict=True)):
            line = {
                "flight": flight,
                "features": {name: _or_none(column[place]) for name, column in values.items()},
                "probability": probability,
                "version": version,
                "at": at,
                "latency_ms": round(seconds * 1000, 3),
            }
            lines.append(json.dumps(line, allow_nan=False) + "\n")
        with self._lock, self._log.open("a", encoding="utf-8") as stream:
            stream.write("".join(lines))


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def memory_mb() -> float:
    """Return the memory that this process holds now, in megabytes.

    The peak that `getrusage` knows is no use: it begins with that of the process that started us.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


class Handler(BaseHTTPRequestHandler):
    """Routes requests to the server's predictor; errors are JSON with the reason."""

    protocol_version = "HTTP/1.1"  # the client keeps its connection
    server: Server
    timeout = 60
    wbufsize = -1  # head and body of an answer in one packet: two would wait for each other

    def handle(self) -> None:
        """Serve one connection, on one thread alone.

        Requests are small: more threads cost more than they bring. The limit holds for the thread
        that sets it, and each connection has its own.
        """
        with threadpool_limits(1):
            super().handle()

    def do_GET(self) -> None:
        """Answer `/health`."""
        self._answer({"/health": self._health})

    def do_POST(self) -> None:
        """Answer `/predict`."""
        self._answer({"/predict": self._predict})

    def _answer(self, routes: dict[str, Callable[[], dict[str, Any]]]) -> None:
        try:
            if self.path not in routes:
                self._send(404, {"error": f"no {self.path}; there is {', '.join(routes)}"})
            else:
                self._send(200, routes[self.path]())
        except BadRequestError as error:
            self._send(400, {"error": str(error)})
        except ArtifactError as error:
            self._send(503, {"error": str(error)})

    def _health(self) -> dict[str, Any]:
        version, _model = self.server.predictor.current()
        return {"version": version, "memory_mb": memory_mb()}

    def _predict(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= MAX_BODY:
            self.close_connection = True  # the body stays unread
            raise BadRequestError(f"the body must have 1 to {MAX_BODY} bytes")
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            raise BadRequestError("the body is no JSON") from None
        flights = body.get("flights") if isinstance(body, dict) else None
        if not isinstance(flights, list) or not 0 < len(flights) <= MAX_FLIGHTS:
            raise BadRequestError(f"flights: must be a list of 1 to {MAX_FLIGHTS}")
        return self.server.predictor.predict(flights)

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet: predictions have a log of their own."""


class Server(ThreadingHTTPServer):
    """An HTTP server on the loopback address."""

    daemon_threads = True

    def __init__(self, predictor: Predictor, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.predictor = predictor


def _shut_down_at_eof(server: Server) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    server.shutdown()


def main(arguments: list[str] | None = None) -> int:
    """Serve until terminated; the status is 2 if the model cannot be served."""
    parser = argparse.ArgumentParser(prog="python -m flights.serve")
    parser.add_argument("--registry", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--version")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args(arguments)
    try:
        registry, store = Registry(options.registry), OnlineStore(options.store)
        predictor = Predictor(registry, store, options.log, options.version)
    except (ArtifactError, OSError) as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 2
    with Server(predictor, options.port) as server:
        # `shutdown` waits for the loop below, so it needs a thread of its own.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        if options.until_eof:
            threading.Thread(target=_shut_down_at_eof, args=(server,), daemon=True).start()
        print(json.dumps({"port": server.server_port}), flush=True)
        server.serve_forever(poll_interval=0.05)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
