"""Write the published JSON Schemas from the value types: `python tools/schemas.py [--check]`.

With `--check` nothing is written, and the exit code is 1 if a file on disk is not what would be.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from pytest_mltestscore.domain import (
    comparison,
    evidence,
    items,
    proof,
    record,
    rubric,
    run,
    verdict,
)

RUBRIC_FOLDER = Path(__file__).parent.parent / "rubric"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SLUG = "^[a-z0-9][a-z0-9-]*$"
TEXT = r"\S"

Schema = dict[str, Any]


def rubric_schema() -> Schema:
    """Return the schema of the TOML files of a rubric, stricter than the types alone.

    Rules across keys and files, such as ascending bands, are beyond a schema: the loader has them.
    """
    definitions = _definitions(rubric.Rubric, rubric.Item)
    header, item = definitions.pop("Rubric"), definitions.pop("Item")
    _leave_out(header, "items")  # they have files of their own
    _leave_out(item, "section")  # it is the folder
    header["description"] = "The file rubric.toml."
    item["description"] = "An item file, <section>/<id>-<name>.toml."
    for schema in (header, item, *definitions.values()):
        _tighten(schema)
    item["properties"]["id"]["pattern"] = "^[a-z0-9][a-z0-9-]*-[1-9][0-9]{0,3}$"
    item["properties"]["example"]["maxLength"] = rubric.EXAMPLE_LIMIT
    for list_key in ("bands", "sections"):
        header["properties"][list_key]["minItems"] = 1
    for credit in definitions["Credit"]["properties"].values():
        credit |= {"exclusiveMinimum": 0, "multipleOf": 0.5}
    return {
        "$schema": DIALECT,
        "title": "A file of a rubric for pytest-mltestscore",
        "description": "rubric.toml, told by its keys, or else the file of an item.",
        # Not `anyOf`, with which a validator cannot say which key is wrong.
        "if": {"anyOf": [{"required": [key]} for key in ("bands", "credit", "sections")]},
        "then": {"$ref": "#/$defs/rubric"},
        "else": {"$ref": "#/$defs/item"},
        "$defs": {"rubric": header, "item": item, **definitions},
    }


def record_schema() -> Schema:
    """Return the schema of run records of this major version, open to keys of later minor ones."""
    definitions = _definitions(record.Record)
    one = definitions["Record"]
    one["description"] = "One run of one system."
    major = record.SCHEMA_VERSION.partition(".")[0]
    one["properties"]["schema_version"]["pattern"] = rf"^{major}\.[0-9]+$"
    return {
        "$schema": DIALECT,
        "title": "A file with run records of pytest-mltestscore",
        "description": "One record, or several systems of one run under the key `records`.",
        "if": {"required": ["records"]},
        "then": {
            "type": "object",
            "properties": {
                "records": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Record"}}
            },
        },
        "else": {"$ref": "#/$defs/Record"},
        "$defs": definitions,
    }


def _definitions(*types: type[msgspec.Struct]) -> dict[str, Schema]:
    _, definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    _null_last(definitions)
    for module in (comparison, evidence, items, proof, record, rubric, run, verdict):
        for name, key, text in _field_docs(module):
            if name in definitions:
                properties = definitions[name]["properties"]
                properties[key] = {"description": text, **properties[key]}
    return definitions


def _null_last(schema: Any) -> None:
    """Order alternatives as people write them; versions of msgspec differ in that."""
    if isinstance(schema, dict):
        if "anyOf" in schema:
            schema["anyOf"].sort(key=lambda one: one.get("type") == "null")
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            _null_last(part)


def _field_docs(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Yield class, field and the text below the field, which msgspec does not look at."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            for field, below in pairwise(node.body):
                match field, below:
                    case (
                        ast.AnnAssign(target=ast.Name(id=key)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        yield node.name, key, " ".join(text.split())


def _leave_out(schema: Schema, key: str) -> None:
    del schema["properties"][key]
    schema["required"].remove(key)


def _tighten(schema: Schema) -> None:
    """Refuse what the loader refuses: unknown keys, empty texts, ids that break anchors."""
    schema["additionalProperties"] = False
    for key, value in schema["properties"].items():
        for text in (value, value.get("items", {})):
            if text.get("type") == "string":
                text["pattern"] = SLUG if key in ("id", "name", "key", "builds_on") else TEXT


def main(arguments: list[str] | None = None) -> int:
    """Write or check both files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when a file is stale")
    check = parser.parse_args(arguments).check
    stale = []
    for name, schema in (("rubric", rubric_schema()), ("record", record_schema())):
        path = RUBRIC_FOLDER / f"{name}.schema.json"
        content = msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
        if path.is_file() and path.read_bytes() == content:
            continue
        if check:
            stale.append(f"{path.name} is stale: run `python tools/schemas.py`")
        else:
            path.write_bytes(content)
            print(f"wrote {path.name}")
    print("\n".join(stale), end="\n" if stale else "", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
