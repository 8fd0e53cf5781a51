"""The JSON schemas of OCPP messages, from files of this package that `tools/generate_schemas.py` writes.

A file has the schemas of one OCPP version; definitions that messages share are in it once.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

Schema = dict[str, Any]

VERSIONS: Final = ("v16", "v201")
FOLDER: Final = files("plugfest.lab.rules").joinpath("schemas")

_REFERENCE: Final = "#/definitions/"


class _SchemaFile(msgspec.Struct, frozen=True):
    definitions: dict[str, Schema]
    messages: dict[str, Schema]


def load_schema(version: str, message: str) -> Schema | None:
    """The schema of a message ("v201", "BootNotificationRequest"); None if the version has no such message."""
    file = _file(version)
    schema = file.messages.get(message)
    if schema is None:
        return None
    needed = _needed_definitions(schema, file.definitions)
    return schema | {"definitions": needed} if needed else schema


def load_schemas(version: str) -> dict[str, Schema]:
    """The schemas of a version ("v16" or "v201") by message name, such as BootNotificationRequest."""
    loaded = ((name, load_schema(version, name)) for name in _file(version).messages)
    return {name: schema for name, schema in loaded if schema is not None}


@cache
def _file(version: str) -> _SchemaFile:
    return msgspec.json.decode(FOLDER.joinpath(f"{version}.json").read_bytes(), type=_SchemaFile)


def _needed_definitions(schema: Schema, definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions that the schema refers to, also by other definitions."""
    needed: dict[str, Schema] = {}
    unread = [schema]
    while unread:
        for name in _references(unread.pop()):
            if name not in needed:
                needed[name] = definitions[name]
                unread.append(definitions[name])
    return needed


def _references(schema: Schema) -> Iterator[str]:
    for keyword, value in schema.items():
        if keyword == "$ref" and isinstance(value, str):
            yield value.removeprefix(_REFERENCE)
        elif isinstance(value, dict):
            yield from _references(value)
