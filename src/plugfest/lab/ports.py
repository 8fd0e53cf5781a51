"""The protocols by which the parts of the lab depend on one another, and on the operator at the station.

The modules of the lab depend on these, so that none has to import a module that imports it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import msgspec

from plugfest.lab.recording.ledger import BaseLedger
from plugfest.lab.settings import Token
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile


class Commissioning(msgspec.Struct, frozen=True, kw_only=True):
    """All that a station has to know of a CSMS.

    `csms_roots` in PEM, None if it does not matter which; `own_key` for security profile 3.
    """

    csms_url: str
    identity: str
    password: str
    security_profile: SecurityProfile
    csms_roots: tuple[str, ...] | None = ()
    own_key: CertifiedKey | None = None


class OperatorDriver(Protocol):
    """Hands at the station under test. Each act returns when it is done.

    Raises:
        HandsFailed: the act could not be done; the case becomes INCONCLUSIVE.
    """

    @property
    def can_commission(self) -> bool:
        """Whether these hands can commission a station at all."""

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        """Connect EV and EVSE, on both ends of a detachable cable. `seated` False: not far enough for the lock."""

    async def unplug(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
        """Disconnect the cable: at the "ev" side, at the "evse" side, or "both"."""

    async def present_token(self, token: Token, evse_id: int) -> None:
        """Hold a token to the reader, type a code or press the start button, as the token's type asks."""

    async def park(self, evse_id: int) -> None:
        """Drive the EV into the parking bay."""

    async def leave(self, evse_id: int) -> None:
        """Drive the EV out of the parking bay."""

    async def ev_suspend(self, evse_id: int) -> None:
        """Make the EV stop taking energy."""

    async def ev_resume(self, evse_id: int) -> None:
        """Make the EV take energy again."""

    async def fault(self, evse_id: int, connector_id: int, *, present: bool) -> None:
        """Bring about a fault of a connector, or clear it."""

    async def jam_lock(self, evse_id: int, connector_id: int, *, jammed: bool) -> None:
        """Block the lock that keeps the plug in the socket, so that it cannot open, or free it."""

    async def choose_sessions(self, evse_ids: Sequence[int]) -> None:
        """On the menu that a master pass opens, choose the transactions of these EVSEs to be stopped."""

    async def store_customer(self, identifier: str) -> None:
        """Store something about a customer in the station, where it is found by this identifier (C-14)."""

    async def power_cycle(self) -> None:
        """Switch the station off and on again."""

    async def commission(self, commissioning: Commissioning) -> None:
        """Enter these as the only way to a CSMS and the only certificates, and switch the station on with them.

        Whatever else is configured may be lost by it.
        """

    async def network(self, *, up: bool) -> None:
        """Cut the station's network, or mend it."""


class Configuration(Protocol):
    """What a station lets the lab read and set."""

    async def begin(self) -> None:
        """Learn what there is and set what every case counts on. Raises NotConfigurable."""

    def needs(self, table: dict[str, str]) -> Iterable[Any]:
        """What `establish` takes, from names and values. A station without the name is left as it is."""

    async def establish(self, wanted: Iterable[Any]) -> None:
        """Bring the station to these values, remembering what was there. Raises NotConfigurable."""

    async def restore(self) -> None:
        """Put back every value that was changed, and read them to prove it. Raises NotConfigurable."""


class Clauses(msgspec.Struct, frozen=True, kw_only=True):
    """Where the documents of a version say what holds in every case: what findings cite."""

    frame: str
    call: str
    result: str
    schema: str
    scenario: str
    idle: str


class StationKnowledge(Protocol):
    """What the lab has learned of the station under test, in the words of its OCPP version."""

    @property
    def ledger(self) -> BaseLedger[Any, Any, Any]:
        """What the station has sent."""

    @property
    def configuration(self) -> Configuration:
        """What the station lets the lab read and set."""

    def serial_number(self) -> str | None:
        """The serial number of the station, if it has reported one."""
