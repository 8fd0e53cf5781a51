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
    """`authorization`: user and password, joined by a colon. `headers`: as printed."""

    path: str
    identity: str
    offered: list[str]
    chosen: str | None = None
    authorization: str | None = None
    headers: list[str] = []


class OpeningAnswer(Example, frozen=True, kw_only=True):
    """`accept`: the printed Sec-WebSocket-Accept."""

    version: str
    headers: list[str]
    accept: str | None = None


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
    """`product`: one that has the variable. `used`: the value that is reported afterwards, if it is another one."""

    variable: str
    value: str
    used: str | None = None
    product: str = "reference-ac"


class Target(Example, frozen=True, kw_only=True):
    """A variable with a Target, its MinSet and its MaxSet."""

    min_set: str
    max_set: str
    min_limit: float | None = None
    max_limit: float | None = None


class ConfigurationSlots(Example, frozen=True, kw_only=True):
    """`values`: the valuesList of NetworkConfigurationPriority."""

    values: str
    priority: str


class PreferredNetwork(Example, frozen=True, kw_only=True):
    """`country`, `network`: MCC and MNC."""

    country: str
    network: str
    preferred: str


class Numbering(Example, frozen=True, kw_only=True):
    """`evses`: the connectors of each EVSE."""

    version: str
    evses: dict[int, list[int]]


class ReportedVariable(Example, frozen=True, kw_only=True):
    """A variable in NotifyReport. `monitored`: supportsMonitoring."""

    component: str
    variable: str
    data_type: str
    value: str
    component_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    instance: str | None = None
    max_limit: float | None = None
    monitored: bool = False


class FileLocation(Example, frozen=True, kw_only=True):
    url: str
    host: str
    port: int
    path: str
    user: str | None = None
    password: str | None = None


class UploadedFile(Example, frozen=True, kw_only=True):
    """The headers of a file in a POST request. `name`: the name of the file."""

    content_type: str
    disposition: str
    name: str


class RequestId(Example, frozen=True, kw_only=True):
    action: str
    request_id: int


class Token(Example, frozen=True, kw_only=True):
    version: str
    id_token: str
    type: str = "Central"


class SerialNumber(Example, frozen=True, kw_only=True):
    number: int
    text: str


class Language(Example, frozen=True, kw_only=True):
    """`shown_with`: the field or request that brings the text."""

    shown_with: str
    language: str


class Tariff(Example, frozen=True, kw_only=True):
    """A price per kWh between two others, and its changes."""

    low: str
    high: str
    prices: list[str]


class Monitors(Example, frozen=True, kw_only=True):
    """Monitors of one variable, in the order of their requests, and the statuses of the answers."""

    type: str
    severity: int
    values: list[float]
    statuses: list[str]


class Aligned(Example, frozen=True, kw_only=True):
    """`set_with`: the type of monitor, variable or key. `minutes`: of each hour."""

    set_with: str
    seconds: int
    minutes: list[int]


class MeterValuePlaces(Example, frozen=True, kw_only=True):
    """`locations`: by EVSE. `phases`: those of the values of each EVSE."""

    version: str
    settings: dict[str, str]
    locations: dict[int, str]
    phases: list[str]


class Repetition(Example, frozen=True, kw_only=True):
    """`waits`: the seconds before each repetition of a message that fails."""

    version: str
    attempts: int
    interval: int
    waits: list[int]


class ProfileLimit(Example, frozen=True, kw_only=True):
    """The limit in a charging profile of the lab that stands for so many amperes."""

    unit: str
    phases: int
    amperes: float
    limit: float


class PhaseConflict(Example, frozen=True, kw_only=True):
    """numberPhases of a ChargingStationMaxProfile and of a TxProfile, and the lower one, which is used.

    `phase_to_use`: of the two profiles.
    """

    station: int
    transaction: int
    used: int = 0
    phase_to_use: list[int] = []


class PublicKey(Example, frozen=True, kw_only=True):
    """`key`: in hexadecimal."""

    key: str
    encoded: str


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list for each kind."""

    identities: list[Identity]
    handshakes: list[OpeningRequest]
    answers: list[OpeningAnswer]
    credentials: list[BasicCredentials]
    frames: list[PrintedFrame]
    error_codes: dict[str, list[str]]
    times: list[Time]
    keys: list[Key]
    variables: list[VariableValue]
    iso15118: list[VariableValue]
    targets: list[Target]
    slots: list[ConfigurationSlots]
    networks: list[PreferredNetwork]
    numbering: list[Numbering]
    reported: list[ReportedVariable]
    locations: list[FileLocation]
    uploads: list[UploadedFile]
    request_ids: list[RequestId]
    id_tokens: list[Token]
    serial_numbers: list[SerialNumber]
    languages: list[Language]
    tariffs: list[Tariff]
    monitors: list[Monitors]
    aligned: list[Aligned]
    meter_values: list[MeterValuePlaces]
    repetitions: list[Repetition]
    limits: list[ProfileLimit]
    phase_conflicts: list[PhaseConflict]
    public_keys: list[PublicKey]
    cipher_suites: list[str]


EXAMPLES = msgspec.toml.decode((Path(__file__).parent / "examples.toml").read_bytes(), type=Examples)


def name(example: object) -> str:
    """The name of a test: the source."""
    return example.source if isinstance(example, Example) else str(example)
