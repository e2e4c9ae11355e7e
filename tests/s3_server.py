"""The API of S3, by moto, on the loopback device."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BUCKET = "scores"


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Yield the environment in which clients find the server."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # or it prints a line a request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing-access-key",
            "AWS_SECRET_ACCESS_KEY": "testing-secret-key",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Neither what the person who runs the tests has set up.
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }
    finally:
        server.stop()


def make_bucket() -> None:
    """Make the bucket, in the environment that was yielded. All servers of a process share it."""
    import s3fs

    with suppress(FileExistsError):
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir(BUCKET)
