"""Payloads generated from a JSON schema: valid ones, and mutants of them, each with a name."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

Schema = dict[str, Any]
Json = Any
Path = tuple[str | int, ...]

URIS = ("https://example.com/logs?id=1", "ftp://user:secret@192.0.2.1:2121/a%20b", "urn:x:y")
TIMES = ("2024-02-29T12:00:00Z", "2024-01-01T00:00:00.123+01:00", "1999-12-31t23:59:59z")


class Payloads:
    """Generates payloads of one message."""

    def __init__(self, schema: Schema, seed: int = 0) -> None:
        self._schema = schema
        self._definitions = schema.get("definitions", {})
        self._random = Random(seed)

    def resolve(self, schema: Schema) -> Schema:
        """The schema that a reference points to; any other schema as it is."""
        return self._definitions[schema["$ref"].removeprefix("#/definitions/")] if "$ref" in schema else schema

    def maximal(self) -> Json:
        """A valid payload with every optional field."""
        return self._value(self._schema, optional=1.0)

    def minimal(self) -> Json:
        """A valid payload with no optional field."""
        return self._value(self._schema, optional=0.0)

    def random(self) -> Json:
        """A valid payload with some of the optional fields."""
        return self._value(self._schema, optional=0.5)

    def _value(self, schema: Schema, optional: float) -> Json:
        schema = self.resolve(schema)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        return getattr(self, f"_{schema.get('type', 'anything')}")(schema, optional)

    def _object(self, schema: Schema, optional: float) -> Json:
        required = schema.get("required", ())
        return {
            name: self._value(value, optional)
            for name, value in schema.get("properties", {}).items()
            if name in required or self._random.random() < optional
        }

    def _array(self, schema: Schema, optional: float) -> Json:
        least = schema.get("minItems", 0)
        length = self._random.randint(max(least, 1 if optional else 0), min(schema.get("maxItems", 3), 3))
        return [self._value(schema["items"], optional) for _ in range(length)]

    def _string(self, schema: Schema, optional: float) -> Json:
        match schema.get("format"):
            case "date-time":
                return self._random.choice(TIMES)
            case "uri":
                return self._random.choice(URIS)
        return "é" * self._random.randint(0, schema.get("maxLength", 40))

    def _integer(self, schema: Schema, optional: float) -> Json:
        return self._random.randint(int(schema.get("minimum", -(2**31))), int(schema.get("maximum", 2**31 - 1)))

    def _number(self, schema: Schema, optional: float) -> Json:
        return self._random.randint(-100_000, 100_000) / 10

    def _boolean(self, schema: Schema, optional: float) -> Json:
        return self._random.random() < 0.5

    def _anything(self, schema: Schema, optional: float) -> Json:
        return self._random.choice((None, 1, "text", [1, {}], {"a": None}))

    def mutants(self) -> Iterator[tuple[str, Path, Json]]:
        """The maximal payload with one value changed: the name of the change, its path, the payload."""
        payload = self.maximal()
        for path, schema, value in self._walk(self._schema, payload, ()):
            for name, changed in changes(schema, value):
                yield name if path else f"{name} as payload", path, _replaced(payload, path, changed)

    def _walk(self, schema: Schema, value: Json, path: Path) -> Iterator[tuple[Path, Schema, Json]]:
        schema = self.resolve(schema)
        yield path, schema, value
        if "properties" in schema:
            for name, member in value.items():
                yield from self._walk(schema["properties"][name], member, (*path, name))
        elif schema.get("type") == "array":
            yield from self._walk(schema["items"], value[0], (*path, 0))


def _replaced(payload: Json, path: Path, changed: Json) -> Json:
    if not path:
        return changed
    copied = copy.deepcopy(payload)
    parent = copied
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = changed
    return copied


def changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    """Replacements for a value. Some are valid: they reach a limit without exceeding it."""
    for name, other in (("null", None), ("text", "x"), ("true", True), ("array", []), ("object", {}), ("number", 1)):
        yield f"{name} instead of {schema.get('type', 'anything')}", other
    kind = "enum" if "enum" in schema else schema.get("format") or schema.get("type")
    yield from {
        "object": _object_changes,
        "array": _array_changes,
        "enum": _enum_changes,
        "date-time": _time_changes,
        "uri": _uri_changes,
        "string": _string_changes,
        "integer": _integer_changes,
        "number": _number_changes,
    }.get(kind, lambda *_: ())(schema, value)


def _object_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    for name in value:
        yield "member missing", {key: member for key, member in value.items() if key != name}
    yield "member unknown", value | {"unknownMember": 1}
    if "vendorId" in value:
        yield "vendorId too long", value | {"vendorId": "v" * 256}


def _array_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield "array with null", [*value, None]
    if value:
        yield "array at its longest", value[:1] * schema.get("maxItems", 50)
        yield "array beyond its longest", value[:1] * (schema.get("maxItems", 50) + 1)


def _enum_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (("enum in lower case", value.lower()), ("enum in upper case", value.upper()))
    yield from (("enum with a space", f"{value} "), ("enum empty", ""), ("enum unknown", "NoSuchValue"))


def _string_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (("string empty", ""), ("string with control characters", "\x00\n"), ("string astral", "\U0001f50c"))
    if "maxLength" in schema:
        yield "string at its longest", "é" * schema["maxLength"]
        yield "string beyond its longest", "é" * (schema["maxLength"] + 1)
        yield "string astral at its longest", "\U0001f50c" * schema["maxLength"]


def _time_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (
        ("time as date", "2024-01-01"),
        ("time without zone", "2024-01-01T00:00:00"),
        ("time with a space for T", "2024-01-01 00:00:00Z"),
        ("time with an offset", "2024-01-01T00:00:00-03:30"),
        ("time with an offset without colon", "2024-01-01T00:00:00+0100"),
        ("time with microseconds", "2024-01-01T00:00:00.123456Z"),
        ("time with nanoseconds", "2024-01-01T00:00:00.123456789Z"),
        ("time in a leap second", "2016-12-31T23:59:60Z"),
        ("time at 24 hours", "2024-01-01T24:00:00Z"),
        ("time in month 13", "2024-13-01T00:00:00Z"),
        ("time on 30 February", "2024-02-30T00:00:00Z"),
        ("time without seconds", "2024-01-01T00:00Z"),
        ("time with a decimal comma", "2024-01-01T00:00:00,5Z"),
        ("time in words", "yesterday"),
        ("time empty", ""),
    )


def _uri_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (
        ("uri without scheme", "example.com/logs"),
        ("uri with a space", "https://example.com/a b"),
        ("uri with half a percent code", "https://example.com/%2"),
        ("uri with angle brackets", "https://example.com/<id>"),
        ("uri with umlaut", "https://example.com/ü"),
        ("uri of an IPv6 host", "ftp://[2001:db8::1]/logs"),
        ("uri with brackets in its path", "https://example.com/a[1]"),
        ("uri with a port in words", "https://example.com:port/"),
        ("uri with a line break", "https://example.com/\n"),
        ("uri empty", ""),
    )


def _integer_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (("integer as integral float", 1.0), ("integer as float", 1.5), ("integer as text", "1"))
    yield from (("integer of 63 bits", 2**63 - 1), ("integer of 65 bits", 2**65))
    for limit, beyond in (("minimum", -1), ("maximum", 1)):
        if limit in schema:
            yield f"integer at its {limit}", int(schema[limit])
            yield f"integer beyond its {limit}", int(schema[limit]) + beyond


def _number_changes(schema: Schema, value: Json) -> Iterator[tuple[str, Json]]:
    yield from (
        ("number whole", 7),
        ("number negative", -0.1),
        ("number in tenths", 1234567.8),
        ("number in hundredths", 8.15),
        ("number of many digits", 0.30000000000000004),
        ("number huge", 1.7e308),
        ("number as text", "8.1"),
    )
