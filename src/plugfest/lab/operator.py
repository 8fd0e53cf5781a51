"""The port to a pair of hands: everything that a person at the charging station can do for the lab."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from plugfest.lab.settings import Token

if TYPE_CHECKING:
    from plugfest.lab.commissioning import Commissioning


class Operator(Protocol):
    """Hands at the station under test. Each act returns when it is done.

    Raises:
        HandsFailed: the act could not be done; the case becomes INCONCLUSIVE.
    """

    @property
    def commissions(self) -> bool:
        """Whether these hands can commission a station at all."""

    async def plug_in(self, evse_id: int, connector_id: int, *, seated: bool = True) -> None:
        """Connect EV and EVSE, on both ends of a detachable cable. `seated` False: not far enough for the lock."""

    async def plug_out(self, evse_id: int, connector_id: int, *, side: str = "both") -> None:
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

    async def commission(self, commissioning: "Commissioning") -> None:
        """Enter these as the only way to a CSMS and the only certificates, and switch the station on with them.

        Whatever else is configured may be lost by it.
        """

    async def network(self, *, up: bool) -> None:
        """Cut the station's network, or mend it."""
