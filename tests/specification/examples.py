"""The table of the examples that the documents of OCPP print."""

from pathlib import Path

import msgspec


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`source`: document and section. `refused`: why it is not accepted, empty if it is."""

    source: str
    refused: str = ""


class Identity(Example, frozen=True, kw_only=True):
    version: str
    endpoint: str
    identity: str
    url: str


class OpeningRequest(Example, frozen=True, kw_only=True):
    """`authorization`: user and password, joined by a colon."""

    path: str
    identity: str
    offered: list[str]
    chosen: str | None = None
    authorization: str | None = None


class BasicCredentials(Example, frozen=True, kw_only=True):
    identity: str
    key: str
    header: str


class PrintedFrame(Example, frozen=True, kw_only=True):
    """`answers`: the action of the request that it answers."""

    version: str
    text: str
    answers: str = ""


class Time(Example, frozen=True, kw_only=True):
    text: str
    utc: str = ""


class Key(Example, frozen=True, kw_only=True):
    """`used`: the value that is reported afterwards, if it is another one; empty for a write-only key."""

    key: str
    value: str
    used: str | None = None


class VariableValue(Example, frozen=True, kw_only=True):
    """`product`: one that has the variable."""

    variable: str
    value: str
    product: str = "reference-ac"


class FileLocation(Example, frozen=True, kw_only=True):
    url: str
    host: str
    port: int
    path: str
    user: str | None = None
    password: str | None = None


class Token(Example, frozen=True, kw_only=True):
    version: str
    id_token: str


class SerialNumber(Example, frozen=True, kw_only=True):
    number: int
    text: str


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list for each kind."""

    identities: list[Identity]
    handshakes: list[OpeningRequest]
    credentials: list[BasicCredentials]
    frames: list[PrintedFrame]
    error_codes: dict[str, list[str]]
    times: list[Time]
    keys: list[Key]
    variables: list[VariableValue]
    locations: list[FileLocation]
    id_tokens: list[Token]
    serial_numbers: list[SerialNumber]
    cipher_suites: list[str]


EXAMPLES = msgspec.toml.decode((Path(__file__).parent / "examples.toml").read_bytes(), type=Examples)


def name(example: object) -> str:
    """The name of a test: the source."""
    return example.source if isinstance(example, Example) else str(example)
