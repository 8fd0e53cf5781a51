"""The settings of the lab: tokens, times, credentials, the EVSE under test ("Configured" values in Part 6)."""

from typing import Annotated

import msgspec

from plugfest.lab import defaults
from plugfest.lab.files.manufacturer import FirmwareFiles
from plugfest.products import Product

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Timeout = Annotated[float, msgspec.Meta(gt=0)]
WholeSeconds = Annotated[int, msgspec.Meta(ge=1)]
Id = Annotated[int, msgspec.Meta(ge=1)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An idToken that the operator can present, and the status and group that the CSMS of the lab has for it."""

    id_token: str
    type: str
    status: str = "Accepted"
    group: str | None = None


class Tokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tokens of a campaign."""

    valid: Token = Token("10000001", "ISO14443", group="FLEET-A")
    second: Token = Token("10000002", "ISO14443")
    same_group: Token = Token("10000003", "ISO14443", group="FLEET-A")
    invalid: Token = Token("20000001", "ISO14443", "Invalid")
    invalid_in_group: Token = Token("20000005", "ISO14443", "Invalid", group="FLEET-A")
    blocked: Token = Token("20000002", "ISO14443", "Blocked")
    expired: Token = Token("20000003", "ISO14443", "Expired")
    unknown: Token = Token("20000004", "ISO14443", "Unknown")
    master_pass: Token = Token("30000001", "ISO14443", group="MASTER-PASS")
    central: Token = Token("7b1fa9de-9d64-4f1c-8a4d-0c1d38f7f1aa", "Central")

    def known(self) -> dict[tuple[str, str], Token]:
        """All tokens by value and type."""
        every = (getattr(self, name) for name in self.__struct_fields__)
        return {(token.id_token, token.type): token for token in every}

    def of_kind(self, kind: str) -> "Tokens":
        """The same tokens with another type, except the Central one, which the CSMS creates."""
        media = (name for name in self.__struct_fields__ if name != "central")
        changed = {name: msgspec.structs.replace(getattr(self, name), type=kind) for name in media}
        return msgspec.structs.replace(self, **changed)


class LabSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a campaign that are not in the product's PICS. Times in seconds.

    `host` is the name or address under which the station reaches this computer, `listen_host` the address to listen on
    if that is another one; with `port` 0 the system chooses the port. `station_roots` (PEM): roots, besides that of the
    lab, that may have signed the certificate of the station. `root_installed`: the station has the root certificate of
    the lab from the start; if False, its root certificates are unknown. `ocpp_interface` and `message_timeout` are
    those of the network connection profiles that the lab sets.
    """

    identity: str = defaults.IDENTITY
    password: str = defaults.PASSWORD
    security_profile: Annotated[int, msgspec.Meta(ge=0, le=3)] = defaults.SECURITY_PROFILE
    host: str = "127.0.0.1"
    port: Port = 0
    listen_host: str | None = None
    second_port: Port = 0  # of the second CSMS endpoint that some cases use
    station_roots: tuple[str, ...] = ()
    root_installed: bool = True
    ocpp_interface: str = "Wired0"
    message_timeout: WholeSeconds = 30
    evse_id: Id = 1
    connector_id: Id = 1
    response_timeout: Timeout = 30.0  # KPI: until the station answers a request
    function_timeout: Timeout = 30.0  # KPI: until the station sends the message that a request triggers
    silence: Seconds = 10.0  # in which a message that must not come is noticed, where nothing has to happen before it
    boot_timeout: Timeout = 180.0
    reconnect_timeout: Timeout = 180.0
    operator_timeout: Timeout = 180.0  # for one operator action
    transaction_duration: Timeout = 6.0  # longer than the tolerance
    ev_connection_timeout: WholeSeconds = 20
    time_tolerance: Seconds = 4.0  # Part 6 section 2.1
    heartbeat_interval: WholeSeconds = 300
    sampled_interval: WholeSeconds = 20  # between sampled meter values, if supported; long against the tolerance
    short_sampled_interval: WholeSeconds = 10  # likewise, where a case does not compare the times of the meter values
    aligned_interval: WholeSeconds = 20  # between aligned meter values; long against the tolerance, divides the day
    message_attempts: Annotated[int, msgspec.Meta(ge=3)] = 3  # of a TransactionEventRequest that is not accepted
    message_attempt_interval: WholeSeconds = 10  # more than twice the tolerance
    firmware: FirmwareFiles | None = None
    download_offset: WholeSeconds = 25  # from now until the download of firmware that a case schedules
    firmware_offset: WholeSeconds = 60  # from now until the installation that a case schedules; longer than a download
    transfer_timeout: Timeout = 300.0  # for one download or upload
    installation_timeout: Timeout = 600.0  # between two messages while firmware is installed
    display: str = ""  # the display for messages, Component or Component[instance]; empty: the main one
    display_watch: Timeout = 30.0  # in which each message of a cycle is shown once
    display_offset: WholeSeconds = 60  # until the start or the end of a display message; longer than display_watch
    log_retry_interval: WholeSeconds = 20  # longer than an attempt to upload a log, and long against the tolerance
    customer_identifier: str = "PLUGFEST-CUSTOMER-1"
    emaid: str = "DE-8AA-CPLUGFEST-7"  # of the contract that the EV presents
    ev_energy: int | None = None  # Wh that the EV asks for at first (ISO 15118); None: as it wants
    ev_departure: int | None = None  # seconds until the departure that it gives then; None: as it wants
    exi_response: str = "ZXhpIG9mIHBsdWdmZXN0"  # CertificateInstallationRes for the EV, in base64
    tokens: Tokens = Tokens()


_KINDS = (
    ("C-30", "ISO14443"),
    ("C-31", "ISO15693"),
    ("C-32", "KeyCode"),
    ("C-34", "MacAddress"),
    ("C-36", "ISO14443"),
    ("C-37", "ISO15693"),
)
"""By claim of the PICS: the token type that an OCPP 2.0.1 product then supports."""


def with_supported_tokens(settings: LabSettings, product: Product) -> LabSettings:
    """The settings with tokens of a type that the product supports, unless the tokens are configured."""
    kinds = [] if product.ocpp_version == "1.6" else [kind for claim, kind in _KINDS if product.supports(claim)]
    if not kinds or settings.tokens != Tokens():
        return settings
    return msgspec.structs.replace(settings, tokens=settings.tokens.of_kind(kinds[0]))
