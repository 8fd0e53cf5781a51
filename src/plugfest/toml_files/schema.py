"""Every place where the tables of a TOML file do not match the fields of a msgspec struct."""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from plugfest.toml_files.problems import Key, Problem

_WORDS: Final[Mapping[object, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    bytes: "the name of a file",
    datetime.datetime: "a date and time",
    datetime.date: "a date",
    datetime.time: "a time",
    list: "a list",
    tuple: "a list",
    dict: "a table",
}
"""The types of Python in the words of the user."""


def schema_problems(value: object, kind: Any, key: Key = ()) -> Iterator[Problem]:
    """What keeps a value from being converted to a type: a struct, or the type of one of its fields."""
    plain, alternatives = _without_annotation(kind), _alternatives(kind)
    if isinstance(value, dict) and (struct := _struct(alternatives)) is not None:
        yield from _table_problems(value, struct, key)
    elif isinstance(value, dict) and get_origin(plain) is dict:
        for name, inner in value.items():
            yield from schema_problems(inner, get_args(plain)[1], (*key, name))
    elif isinstance(value, list) and (tuples := [one for one in alternatives if get_origin(one) is tuple]):
        for index, inner in enumerate(value):
            yield from schema_problems(inner, get_args(tuples[0])[0], (*key, index))
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            yield Problem(key, _wrong(value, kind), f"write {_right(value, kind)}")


def empty_texts(value: object, key: Key = ()) -> Iterator[Problem]:
    """Every text without a visible character: a key whose value is not known is left out."""
    if isinstance(value, str) and not value.strip():
        yield Problem(key, "is empty", "write it, or remove the key")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from empty_texts(inner, (*key, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from empty_texts(inner, (*key, index))


def valid_part(value: object, kind: Any, invalid: Container[Key], default: object = None, key: Key = ()) -> Any:
    """The value without what is invalid, such that the rest can be converted; None if nothing is left of it.

    `invalid`: the keys of its problems. A field that a struct needs, and that is invalid, is taken from `default`.
    """
    alternatives = _alternatives(kind)
    struct = _struct(alternatives)
    if isinstance(value, dict) and struct is not None:
        return _valid_table(value, struct, invalid, default, key)
    if isinstance(value, list) and (tuples := [one for one in alternatives if get_origin(one) is tuple]):
        inner_kind = get_args(tuples[0])[0]
        inner = (
            valid_part(one, inner_kind, invalid, None, (*key, index))
            for index, one in enumerate(value)
            if (*key, index) not in invalid
        )
        return [one for one in inner if one is not None]
    if isinstance(value, dict) and get_origin(_without_annotation(kind)) is dict:
        inner_kind = get_args(_without_annotation(kind))[1]
        named = {name: (*key, name) for name in value if (*key, name) not in invalid}
        found = {name: valid_part(value[name], inner_kind, invalid, None, one) for name, one in named.items()}
        return {name: one for name, one in found.items() if one is not None}
    return value


def _valid_table(
    table: dict[str, object], struct: type[msgspec.Struct], invalid: Container[Key], default: object, key: Key
) -> dict[str, object] | None:
    found: dict[str, object] = {}
    for field in _fields(struct):
        name, other = field.encode_name, _default(field, default)
        if name in table and (*key, name) not in invalid:
            part = valid_part(table[name], field.type, invalid, other, (*key, name))
            if part is not None:
                found[name] = part
        if name not in found and field.required:
            if other is None:
                return None
            found[name] = msgspec.to_builtins(other)
    return found


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a struct. A file may have a thousand tables of one kind."""
    return msgspec.structs.fields(struct)


def _default(field: msgspec.structs.FieldInfo, default: object) -> object:
    """The value of a field in `default`, or that of its type; None if there is none."""
    if isinstance(default, msgspec.Struct):
        return getattr(default, field.name)
    return None if field.default is msgspec.NODEFAULT else field.default


def _table_problems(table: dict[str, object], struct: type[msgspec.Struct], key: Key) -> Iterator[Problem]:
    fields = {field.encode_name: field for field in _fields(struct)}
    missing = [name for name, field in fields.items() if field.required and name not in table]
    for name, value in table.items():
        if name in fields:
            yield from schema_problems(value, fields[name].type, (*key, name))
            continue
        near = get_close_matches(name, missing, n=1) or get_close_matches(name, fields, n=1)
        missing = [one for one in missing if one not in near]
        yield Problem((*key, name), "is not a key of this table", f"write {near[0]}" if near else "remove it")
    for name in missing:
        yield Problem((*key, name), "is missing", "add it")


def _wrong(value: object, kind: Any) -> str:
    """The type of the value if it is the wrong one, otherwise the value. A text is not repeated: it may be secret."""
    types = {type(one) if isinstance(one, str) else get_origin(one) or one for one in _bases(kind)}
    if type(value) not in types and not (type(value) is int and float in types):
        return f"is {_WORDS.get(type(value), type(value).__name__)}"
    if isinstance(value, str) and _meta(kind) is not None:
        return f"has {len(value)} characters"
    return f'is "{value}"' if isinstance(value, str) else f"is {value}"


def _right(value: object, kind: Any) -> str:
    meta = _meta(kind)
    if isinstance(value, str) and meta is not None and meta.max_length is not None:
        return f"{meta.min_length or 0} to {meta.max_length} characters"
    words = dict.fromkeys(
        f'"{one}"' if isinstance(one, str) else _WORDS.get(get_origin(one) or one, "a table") for one in _bases(kind)
    )
    return _either(words) + _bounds(meta)


def _bounds(meta: msgspec.Meta | None) -> str:
    if meta is None:
        return ""
    if meta.ge is not None and meta.le is not None:
        return f" from {meta.ge} to {meta.le}"
    if meta.gt is not None:
        return f" greater than {meta.gt}"
    return "" if meta.ge is None else f" of at least {meta.ge}"


def _either(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _without_annotation(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _meta(kind: Any) -> msgspec.Meta | None:
    """The limits of a type, also of one that may be missing."""
    for one in _members(kind):
        if get_origin(one) is Annotated:
            return next((meta for meta in one.__metadata__ if isinstance(meta, msgspec.Meta)), None)
    return None


def _members(kind: Any) -> tuple[Any, ...]:
    """The types of a union, without None."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(one for one in get_args(kind) if one is not NoneType)
    return (kind,)


def _alternatives(kind: Any) -> list[Any]:
    return [_without_annotation(one) for one in _members(kind)]


def _bases(kind: Any) -> list[Any]:
    """The alternatives, with the values of a Literal or of an enumeration instead of it."""
    return [value for one in _alternatives(kind) for value in _values(one)]


def _values(kind: Any) -> Iterable[Any]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    is_enumeration = isinstance(kind, type) and issubclass(kind, Enum)
    return [each.value for each in kind] if is_enumeration else (kind,)


def _struct(alternatives: Iterable[Any]) -> type[msgspec.Struct] | None:
    structs = (one for one in alternatives if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return next(structs, None)
