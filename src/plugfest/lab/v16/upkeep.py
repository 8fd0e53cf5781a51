"""How a station of OCPP 1.6 is put back between two cases."""

import contextlib
from typing import TYPE_CHECKING

from plugfest.lab.upkeep import NotIdle
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY, Configuration
from plugfest.lab.v16.ledger import Ledger
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

if TYPE_CHECKING:
    from plugfest.lab.csms.csms import Csms


class V16Upkeep:
    """The requests of the restorer."""

    def __init__(self, csms: "Csms", ledger: Ledger, configuration: Configuration, *, timeout: float) -> None:
        self._csms = csms
        self._ledger = ledger
        self._configuration = configuration
        self._timeout = timeout

    async def stop_transactions(self) -> None:
        for transaction in self._ledger.ongoing():
            request = m.RemoteStopTransactionRequest(transaction_id=transaction.transaction_id)
            response = await self._csms.call(request, timeout=self._timeout)
            # Rejected: none is going on (5.12). If its StopTransaction is still on the way, that comes by itself.
            transaction.denied = response.status != t.RemoteStopTransactionResponseStatus.Accepted

    async def unlock(self, evse_id: int, connector_id: int) -> None:
        await self._csms.call(m.UnlockConnectorRequest(connector_id=evse_id), timeout=self._timeout)

    async def set_password(self, password: str) -> bool:
        request = m.ChangeConfigurationRequest(key=AUTHORIZATION_KEY, value=password_on_the_wire(password))
        response = await self._csms.call(request, timeout=self._timeout)
        if response.status not in ("Accepted", "RebootRequired"):
            raise NotIdle(f"the station does not take its password back: {response.status}")
        return response.status == t.ChangeConfigurationResponseStatus.RebootRequired

    async def reset(self) -> None:
        await self._csms.call(m.ResetRequest(type=t.ResetType.Soft), timeout=self._timeout)

    async def forget_tokens(self) -> None:
        if self._configuration.has("AuthorizationCacheEnabled"):
            with contextlib.suppress(CallErrorReceived):  # TC_061 judges that, not the tidying
                await self._csms.call(m.ClearCacheRequest(), timeout=self._timeout)


def password_on_the_wire(password: str) -> str:
    """AuthorizationKey is the hexadecimal form of the password (whitepaper 7.2, OCPP-J 6.2.2)."""
    return password.encode().hex()
