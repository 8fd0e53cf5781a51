"""The protocols by which the parts of the lab depend on one another, and on the operator at the station.

The modules of the lab depend on these, so that none has to import a module that imports it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.recording.ledger import BaseLedger
from plugfest.lab.settings import Token
from plugfest.lab.verdict import Finding, Level
from plugfest.ocpp.message import JsonValue
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile


class Commissioning(msgspec.Struct, frozen=True, kw_only=True):
    """What a station needs for connecting to a CSMS.

    `csms_roots` in PEM, None if any will do; `own_key`: key and certificate of the station, for security profile 3.
    """

    csms_url: str
    identity: str
    password: str
    security_profile: SecurityProfile
    csms_roots: tuple[str, ...] | None = ()
    own_key: CertifiedKey | None = None


class OperatorDriver(Protocol):
    """Acts at the station under test. Each method returns when the action is done.

    Raises:
        OperatorFailed: the action could not be done; the case becomes INCONCLUSIVE.
        NotCapable: the operator has no means for it, although `missing` has not named it.
    """

    @property
    def can_commission(self) -> bool:
        """Whether the operator can commission a station."""

    async def missing(self) -> Mapping[Capability, str]:
        """What it cannot do, with the reason. What it only cannot do at the moment is not among it."""

    async def confirms_actions(self) -> bool:
        """Whether every action since the station was idle was done as requested. A person may have been mistaken.

        It is asked before a case fails.
        """

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        """Connect EV and EVSE, at both ends of a detachable cable. `seated` False: not far enough for the lock."""

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        """Disconnect the cable: at the "ev" side, at the "evse" side, or "both"."""

    async def present_token(self, token: Token, evse_id: int) -> None:
        """Hold a token to the reader, type a code or press the start button, depending on the type of the token."""

    async def park(self, evse_id: int) -> None:
        """Drive the EV into the parking bay."""

    async def leave(self, evse_id: int) -> None:
        """Drive the EV out of the parking bay."""

    async def ev_suspend(self, evse_id: int) -> None:
        """Make the EV stop taking energy."""

    async def ev_resume(self, evse_id: int) -> None:
        """Make the EV take energy again."""

    async def ev_prepare(self, evse_id: int, ev: CommunicatingEv | None) -> None:
        """Bring an EV that communicates like this, to be plugged in next; None: one that does not communicate."""

    async def ev_renegotiate(self, evse_id: int, *, energy: int, departure: int) -> None:
        """Make the EV ask for a new charging schedule: so many Wh, and so many seconds until the departure."""

    async def ev_stop(self, evse_id: int) -> None:
        """Make the EV end its session by ISO 15118 (SessionStopReq with Terminate)."""

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        """Cause a fault of a connector, or clear it."""

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        """Block the lock that holds the plug in the socket, so that it cannot open, or release it."""

    async def set_measured_value(self, component: str, variable: str, evse_id: int | None, value: float | None) -> None:
        """Make the station measure this value for a variable of its device model; None: as before."""

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        """In the menu that a master pass opens, select the transactions of these EVSEs to be stopped."""

    async def display_shows(self, text: str, seconds: float) -> bool:
        """Watch the display for so many seconds, or until it shows the text. Returns whether it has."""

    async def store_customer(self, identifier: str) -> None:
        """Store data about a customer in the station, under this identifier (C-14)."""

    async def customer_storage(self, *, available: bool) -> None:
        """Make the station unable to process its customer information, or able again (N09, N10). Nothing is lost."""

    async def log_storage(self, *, available: bool) -> None:
        """Make the logs of the station unavailable, or available again (N01). Nothing is lost."""

    async def external_limit(self, watts: float | None, evse_id: int | None = None) -> None:
        """As an energy management system, limit the power of an EVSE or of the whole station (None) (K12).

        `watts` None releases the limit.
        """

    async def power_cycle(self) -> None:
        """Switch the station off and on again."""

    async def commission(self, commissioning: Commissioning) -> None:
        """Configure this as the only CSMS and these as the only certificates, and start the station with them.

        Other configuration of the station may be lost.
        """

    async def network(self, *, up: bool) -> None:
        """Disconnect the network of the station, or connect it again."""


class Configuration(Protocol):
    """The configuration of a station, as far as the lab can read and set it over OCPP."""

    async def begin(self) -> tuple[Finding, ...]:
        """Read the configuration and set the values that every case starts from. Returns what was not possible."""

    async def read_all(self) -> tuple[Finding, ...]:
        """Read the configuration and change nothing. Returns what was not possible."""

    async def begin_again(self) -> None:
        """Begin with a station that was commissioned again.

        Raises NotConfigurable if something is not possible that was possible at the start of the campaign.
        """

    def needs(self, table: dict[str, str]) -> Iterable[Any]:
        """The argument of `establish`, from names and values. Names that the station does not have are skipped."""

    async def establish(self, needs: Iterable[Any]) -> None:
        """Set these values and remember the previous ones. Raises NotConfigurable."""

    async def restore(self) -> None:
        """Restore every changed value, and read the restored ones. Raises NotConfigurable."""


class Clauses(msgspec.Struct, frozen=True, kw_only=True):
    """The sections of a version's documents that findings about rules for every case cite."""

    frame: str
    call: str
    result: str
    schema: str
    scenario: str
    idle: str
    reconnection: str


class DataTypeViolation(NamedTuple):
    """A value that the data types of a version exclude and its JSON schemas do not, and its place in the payload."""

    path: str
    expected: str
    actual: str
    requirement: str
    level: Level = Level.SHALL


DataTypeJudge = Callable[[str, JsonValue], Iterator[DataTypeViolation]]
"""From a message, such as HeartbeatRequest, and its payload."""


class StationKnowledge(Protocol):
    """What the lab knows about the station under test, in the terms of its OCPP version."""

    @property
    def ledger(self) -> BaseLedger[Any, Any, Any]:
        """What the station has reported."""

    @property
    def configuration(self) -> Configuration:
        """The configuration of the station."""

    def serial_number(self) -> str | None:
        """The serial number of the station, if it has reported one."""
