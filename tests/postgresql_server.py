"""A PostgreSQL server of our own: made in a temporary folder, and gone with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PROGRAMS = "/usr/lib/postgresql/*/bin"
"""Where Debian puts the programs of the server."""

PASSWORD = "p@ss/word%41"  # decoded or encoded once too often, it is another one
CONNECTIONS = 20
"""Fewer than the writers that tests send at once."""


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Yield the URL of a database; connections are by a socket in a folder, and need a password."""
    # The server refuses to run as root. A short path, since those of sockets are limited.
    folder = Path(tempfile.mkdtemp(prefix="mlscore-pg-"))
    server: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        server |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    try:
        _make(programs, folder, server)
        options = ["-k", folder, "-c", "listen_addresses=", "-c", f"max_connections={CONNECTIONS}"]
        # What is to be seen is what happens when a client dies, not the machine.
        options += ["-c", "fsync=off", "-c", "autovacuum=off"]
        with (folder / "log").open("wb") as log:
            command = [programs / "postgres", "-D", folder / "data", *options]
            process = subprocess.Popen(command, stdout=log, stderr=log, **server)
        try:
            _wait(folder, process)
            yield f"postgresql://mlscore:{quote(PASSWORD, safe='')}@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)  # "fast shutdown": lets go of clients
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _make(programs: Path, folder: Path, server: dict[str, Any]) -> None:
    secret = folder / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    options = ["-U", "mlscore", "--pwfile", secret, "-A", "scram-sha-256", "--no-sync"]
    options += ["-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", *options],
        check=True,
        capture_output=True,
        **server,
    )


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while "ready to accept connections" not in (log := (folder / "log").read_text("utf-8")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the PostgreSQL server did not start:\n{log}")
        time.sleep(0.02)
