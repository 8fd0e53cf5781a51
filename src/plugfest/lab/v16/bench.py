"""The bench of an OCPP 1.6 station: each connector has a number and is an EVSE of its own."""

from plugfest.lab.bench import BaseBench
from plugfest.lab.settings import Token
from plugfest.lab.v16.configuration import Configuration
from plugfest.lab.v16.known_state import KnownState
from plugfest.lab.v16.ledger import Ledger

ONLY_CONNECTOR = 1
"""The connector id for operator actions: connector n of OCPP 1.6 is the only connector of EVSE n (1.6 section 3.8)."""


class Bench(BaseBench[Configuration, Ledger, KnownState]):
    """The bench of a case of OCPP 1.6."""

    @property
    def connector_id(self) -> int:
        """The connector under test."""
        return self.settings.evse_id

    @property
    def connectors(self) -> list[int]:
        """The numbers of all connectors in the PICS."""
        return [evse.id for evse in self.product.evses]

    @property
    def has_fixed_cable(self) -> bool:
        """Whether the cable of the connector under test is part of the station."""
        return self._is_fixed(self.connector_id)

    def _is_fixed(self, connector_id: int) -> bool:
        evse = next(evse for evse in self.product.evses if evse.id == connector_id)
        return evse.connectors[0].cable == "Fixed Cable"

    async def plug_in(self, connector_id: int | None = None, *, seated: bool = True) -> None:
        """The driver plugs in, by default at the connector under test; only half-way if not `seated`."""
        await self.operator.plug_in(connector_id or self.connector_id, ONLY_CONNECTOR, seated=seated)

    async def unplug(self, connector_id: int | None = None, *, side: str = "both") -> None:
        """The driver unplugs the cable: at the "ev" side, at the "evse" side, or "both".

        A fixed cable has only the "ev" side: unplugged there it is unplugged on both sides.
        """
        which = connector_id or self.connector_id
        out = "both" if side == "ev" and self._is_fixed(which) else side
        await self.operator.unplug(which, ONLY_CONNECTOR, side=out)

    async def present(self, token: Token, connector_id: int | None = None) -> None:
        """The driver presents a token, by default for the connector under test."""
        await self.operator.present_token(token, connector_id or self.connector_id)

    async def fault(self, *, present: bool, connector_id: int | None = None) -> None:
        """Cause a fault of a connector, or clear it."""
        await self.operator.fault(connector_id or self.connector_id, ONLY_CONNECTOR, present=present)

    async def jam_lock(self, *, jammed: bool) -> None:
        """Block the lock of the connector under test, or release it."""
        await self.operator.jam_lock(self.connector_id, ONLY_CONNECTOR, jammed=jammed)
