"""Answer over HTTP on the loopback address, and log what was served.

    python -m credit.serve --models FOLDER --port 8000 [--version 1] [--log FILE]

`GET /health` tells the version. `POST /predict` takes `{"clients": [...]}`, one object a client
with the columns of the data, and gives `{"version": ..., "default": [probability, ...]}`.
"""

from __future__ import annotations

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl

from credit.features import INPUTS, build
from credit.registry import Registry

NEEDED = ("client", *INPUTS)


class Service:
    """A loaded version."""

    def __init__(self, models: Path, version: str | None, log: Path | None) -> None:
        registry = Registry(models)
        self.version = version or registry.serving
        self.model = registry.load(self.version)
        self.log = log

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Predict for the clients of a request.

        Raises
        ------
        ValueError
            If the request is not understood; says what is missing.
        """
        clients = request.get("clients") if isinstance(request, dict) else None
        if not isinstance(clients, list) or not clients:
            raise ValueError("give a list of clients")
        missing = [name for name in NEEDED if any(name not in client for client in clients)]
        if missing:
            raise ValueError(f"a client lacks {', '.join(missing)}")
        rows = pl.DataFrame([{name: client[name] for name in NEEDED} for client in clients])
        features = build(rows)
        scores = self.model.predict_proba(features)[:, 1].tolist()
        self._log(rows, features, scores)
        return {"version": self.version, "default": scores}

    def _log(self, rows: pl.DataFrame, features: pl.DataFrame, scores: list[float]) -> None:
        if self.log is None:
            return
        logged = features.with_columns(rows["client"], pl.Series("score", scores))
        with self.log.open("a", encoding="utf-8") as log:
            log.write(logged.write_ndjson())


class Server(ThreadingHTTPServer):
    """Listens on the loopback address, for one service."""

    def __init__(self, port: int, service: Service) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the service that the server carries."""

    server: Server

    def do_GET(self) -> None:
        """Tell that the server is up, and with what."""
        self._send(200, {"version": self.server.service.version})

    def do_POST(self) -> None:
        """Predict."""
        try:
            length = int(self.headers.get("Content-Length", "0"))
            request = json.loads(self.rfile.read(length))
            self._send(200, self.server.service.answer(request))
        except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
            self._send(400, {"error": str(error)})

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the library
        """Say nothing on the screen."""


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--version")
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    Server(given.port, Service(given.models, given.version, given.log)).serve_forever()


if __name__ == "__main__":
    main()
