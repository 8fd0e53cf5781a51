"""Where in a message there are dates and times, found once for each type."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import msgspec

from plugfest.ocpp.message import OcppStruct

Tree: TypeAlias = "dict[str, Tree | None]"
"""By wire name: None for a date and time, else what lies below; a list stands for each of its items."""


@cache
def times_of(message_type: type[OcppStruct]) -> Tree:
    """Every date and time that a message of this type may hold."""
    info = msgspec.inspect.type_info(message_type)
    assert isinstance(info, msgspec.inspect.StructType)
    return _in_struct(info)


def _in_struct(struct: msgspec.inspect.StructType) -> Tree:
    tree: Tree = {}
    for field in struct.fields:
        below = _in_type(field.type)
        if below != {}:
            tree[field.encode_name] = below
    return tree


def _in_type(kind: msgspec.inspect.Type) -> Tree | None:
    match kind:
        case msgspec.inspect.DateTimeType():
            return None
        case msgspec.inspect.StructType():
            return _in_struct(kind)
        case msgspec.inspect.ListType(item_type=item):
            return _in_type(item)
        case msgspec.inspect.UnionType(types=types):  # optional: one type, and that it may be left out
            return next((tree for tree in map(_in_type, types) if tree != {}), {})
    return {}
