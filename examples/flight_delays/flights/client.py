"""Start the server as a process of its own, talk to it, and stop it."""

from __future__ import annotations

import http.client
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FOLDER = Path(__file__).parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 10.0


class ServerError(RuntimeError):
    """The server did not start, or answered with an error."""


class RunningServer:
    """The serving command as a process, for use in a `with` block.

    Parameters
    ----------
    registry, store
        Folders of the model store and of the nightly tables.
    log
        The file to which predictions are appended.
    version
        The version to serve; by default the one that the registry points at.
    """

    def __init__(self, registry: Path, store: Path, log: Path, version: str | None = None) -> None:
        self.command = [sys.executable, "-m", "flights.serve"]
        # Standard input ends with this process, however it ends: no server outlives its starter.
        self.command.append("--until-eof")
        self.command += ["--registry", str(registry), "--store", str(store), "--log", str(log)]
        if version is not None:
            self.command += ["--version", version]

    def __enter__(self) -> Self:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
        self._process = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            text=True,
        )
        try:
            self.port: int = self._wait_for_port()
        except BaseException:
            self.stop()
            raise
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.hang_up()
        self.stop()

    def _wait_for_port(self) -> int:
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], START_SECONDS)
        line = stdout.readline() if ready else ""
        if not line:
            self._process.terminate()
            status = self._process.wait(STOP_SECONDS)
            self._errors.seek(0)
            said = self._errors.read().strip()[-1000:]
            raise ServerError(f"the server did not start (status {status}): {said}")
        return int(json.loads(line)["port"])

    def stop(self) -> int:
        """End the process, if it still runs, and return its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            status = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._errors.close()
        return status

    def health(self) -> dict[str, Any]:
        """Return what the server says of itself."""
        return self.request("GET", "/health")

    def predict(self, flights: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the version that answered and one probability a flight."""
        return self.request("POST", "/predict", {"flights": flights})

    def hang_up(self) -> None:
        """Close the connection; the next request opens another.

        For pauses: the server hangs up on whoever is silent for a minute, and the next request
        would meet a broken pipe.
        """
        self._connection.close()

    def request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Send a request; an answer other than 200 raises `ServerError` with its reason."""
        self._connection.request(method, path, None if body is None else json.dumps(body))
        response = self._connection.getresponse()
        content: dict[str, Any] = json.loads(response.read())
        if response.status != 200:
            raise ServerError(f"{response.status}: {content.get('error')}")
        return content
