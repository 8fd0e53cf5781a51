"""The bench of an OCPP 1.6 station: connectors have numbers, and each is an EVSE of its own."""

from plugfest.lab.bench import BaseBench
from plugfest.lab.settings import Token
from plugfest.lab.v16.configuration import Configuration
from plugfest.lab.v16.known_state import KnownState
from plugfest.lab.v16.ledger import Ledger

ONLY = 1
"""The connector of an EVSE, for hands: connector n of OCPP 1.6 is the only one of EVSE n (1.6 section 3.8)."""


class Bench(BaseBench[Configuration, Ledger, KnownState]):
    """What a case of OCPP 1.6 works at."""

    @property
    def connector_id(self) -> int:
        """The connector under test."""
        return self.settings.evse_id

    @property
    def connectors(self) -> list[int]:
        """Every connector, as the PICS numbers them."""
        return [evse.id for evse in self.product.evses]

    @property
    def has_fixed_cable(self) -> bool:
        """Whether the cable of the connector under test is part of the station."""
        return self._is_fixed(self.connector_id)

    def _is_fixed(self, connector_id: int) -> bool:
        evse = next(evse for evse in self.product.evses if evse.id == connector_id)
        return evse.connectors[0].cable == "Fixed Cable"

    async def plug_in(self, connector_id: int | None = None, *, seated: bool = True) -> None:
        """The driver connects his EV, by default to the connector under test; half-way if not `seated`."""
        await self.operator.plug_in(connector_id or self.connector_id, ONLY, seated=seated)

    async def unplug(self, connector_id: int | None = None, *, side: str = "both") -> None:
        """The driver takes the cable out: at the "ev" side, at the "evse" side, or "both".

        Out of the EV a fixed cable is out altogether: it has no other end to pull.
        """
        which = connector_id or self.connector_id
        out = "both" if side == "ev" and self._is_fixed(which) else side
        await self.operator.unplug(which, ONLY, side=out)

    async def present(self, token: Token, connector_id: int | None = None) -> None:
        """The driver identifies himself, for the connector under test if not told otherwise."""
        await self.operator.present_token(token, connector_id or self.connector_id)

    async def fault(self, *, present: bool, connector_id: int | None = None) -> None:
        """Bring about a fault of a connector, or clear it."""
        await self.operator.fault(connector_id or self.connector_id, ONLY, present=present)

    async def jam_lock(self, *, jammed: bool) -> None:
        """Block the lock of the connector under test, or free it."""
        await self.operator.jam_lock(self.connector_id, ONLY, jammed=jammed)
