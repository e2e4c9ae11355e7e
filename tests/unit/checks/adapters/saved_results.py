"""Results of other libraries, as they were saved. See `saved/README.md`."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "saved"


def path(name):
    return FOLDER / f"{name}.json"


def read(name):
    return json.loads(path(name).read_text(encoding="utf-8"))
