"""What the person at the lab configures: tokens, times, credentials, the EVSE under test ("Configured" in Part 6)."""

import msgspec

from plugfest.lab.files.manufacturer import FirmwareFiles
from plugfest.products import Product


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An idToken that the lab's operator can present, and what the lab's CSMS knows of it."""

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
        """The same on another medium, but for the one that the CSMS makes up."""
        media = (name for name in self.__struct_fields__ if name != "central")
        changed = {name: msgspec.structs.replace(getattr(self, name), type=kind) for name in media}
        return msgspec.structs.replace(self, **changed)


class LabSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about a campaign that is not the product's PICS. Times in seconds.

    `host` is what the station calls this computer, `listen_host` the address to listen on where that is another one; a
    `port` of 0 lets the system choose. `station_roots` (PEM) are trusted to certify the station, beside the lab's own.
    `root_installed`: the station has the lab's root certificate from the start; where not, nobody knows which it has.
    `ocpp_interface` and `message_timeout` are those of the network connection profiles that the lab sets.
    """

    identity: str = "PLUGFEST-01"
    password: str = "plugfest-station-01"  # 16 to 40 characters (A00.FR.205)
    security_profile: int = 2
    host: str = "127.0.0.1"
    port: int = 0
    listen_host: str | None = None
    second_port: int = 0  # of the CSMS that some cases send the station to
    station_roots: tuple[str, ...] = ()
    root_installed: bool = True
    ocpp_interface: str = "Wired0"
    message_timeout: int = 30
    evse_id: int = 1
    connector_id: int = 1
    response_timeout: float = 30.0  # KPI: the station answers a request
    function_timeout: float = 30.0  # KPI: what a request sets off is seen on the wire
    boot_timeout: float = 180.0
    reconnect_timeout: float = 180.0
    operator_timeout: float = 180.0  # for one act of the operator
    transaction_duration: float = 6.0  # beyond the tolerance
    ev_connection_timeout: int = 20
    time_tolerance: float = 4.0  # Part 6 section 2.1
    heartbeat_interval: int = 300
    sampled_interval: int = 10  # between sampled meter values, if the product can; beyond the tolerance
    aligned_interval: int = 10  # between clock-aligned meter values; beyond the tolerance, divides the day
    message_attempts: int = 3  # of a TransactionEventRequest that nobody accepts; more than 2
    message_attempt_interval: int = 5
    firmware: FirmwareFiles | None = None
    firmware_offset: int = 60  # from now until the download or the installation that a case schedules
    transfer_timeout: float = 300.0  # for one file, on its way to the station or from it
    installation_timeout: float = 600.0  # between two messages while firmware is installed
    log_retry_interval: int = 10  # longer than an attempt to upload a log
    customer_identifier: str = "PLUGFEST-CUSTOMER-1"
    tokens: Tokens = Tokens()


_KINDS = (
    ("C-30", "ISO14443"),
    ("C-31", "ISO15693"),
    ("C-32", "KeyCode"),
    ("C-34", "MacAddress"),
    ("C-36", "ISO14443"),
    ("C-37", "ISO15693"),
)
"""The kinds of token that OCPP 2.0.1 products take, at their readers or from the CSMS, by the claim to take them."""


def with_supported_tokens(settings: LabSettings, product: Product) -> LabSettings:
    """The settings with tokens that the product takes, unless somebody has said what is on his cards."""
    kinds = [] if product.ocpp_version == "1.6" else [kind for claim, kind in _KINDS if product.supports(claim)]
    if not kinds or settings.tokens != Tokens():
        return settings
    return msgspec.structs.replace(settings, tokens=settings.tokens.of_kind(kinds[0]))
