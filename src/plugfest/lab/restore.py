"""Puts the station back into the state that Part 6 section 2.1 asks for before a case, and proves that it is there."""

import asyncio
import contextlib
from collections.abc import Callable

from plugfest.lab.commissioning import Commissioner
from plugfest.lab.configuration import PASSWORD, Configuration
from plugfest.lab.csms.csms import Csms
from plugfest.lab.hands import Hands
from plugfest.lab.installed_certificates import InstalledCertificates
from plugfest.lab.ledger import Ledger
from plugfest.lab.settings import LabSettings
from plugfest.lab.undo import UndoList
from plugfest.lab.verdict import HandsFailed, LabError
from plugfest.link.errors import CallErrorReceived, LinkError
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

SETTLE_STEP = 1.0
"""Seconds between two looks at whether the station has come to rest."""


class NotIdle(LabError):
    """The station does not come back to the state that a case starts from."""


class Restorer:
    """Cleans the bench between two cases. What it sees on the wire meanwhile is not judged."""

    def __init__(
        self,
        *,
        csms: Csms,
        hands: Hands,
        ledger: Ledger,
        configuration: Configuration,
        certificates: InstalledCertificates,
        undo: UndoList,
        commissioner: Commissioner,
        settings: LabSettings,
    ) -> None:
        self._csms = csms
        self._hands = hands
        self._ledger = ledger
        self._configuration = configuration
        self._certificates = certificates
        self._undo = undo
        self._commissioner = commissioner
        self._settings = settings

    async def restore(self) -> None:
        """Undo what the case did; if that is not enough, reboot, and then have the station commissioned again.

        Raises:
            NotIdle: the station is not in the state to test from.
        """
        try:
            await self._tidy()
            return
        except (LabError, LinkError) as error:
            reason = _words(error)
        try:
            await self._reboot()
            await self._tidy()
        except (LabError, LinkError) as error:
            if not self._hands.commissions:
                raise NotIdle(f"{reason}; switched off and on: {_words(error)}") from error
            self._commissioner.changed()
            await self._tidy_or_give_up()

    async def _tidy_or_give_up(self) -> None:
        try:
            await self._tidy()
        except (LabError, LinkError) as error:
            raise NotIdle(_words(error)) from error

    async def _tidy(self) -> None:
        self._csms.answers.usual_again()
        self._csms.go_online()
        await self._hands.mend()
        await self._clear_the_bays()
        if await self._commissioner.bring(self._hands, None):
            self._undo.take()  # went with the old configuration
            self._certificates.forget()
        if not await self._csms.wait_connected(within=self._settings.reconnect_timeout):
            raise NotIdle("the station does not connect")
        await self._usual_password()
        await self._stop_transactions()
        await self._configuration.restore()
        await self._home()
        for request in self._undo.take():
            with contextlib.suppress(CallErrorReceived):  # what is left of it shows below
                await self._csms.call(request, timeout=self._settings.response_timeout)
        await self._certificates.restore(self._commissioner.usual.csms_roots)
        await self._forget_tokens()  # last: a disabled cache refuses to be cleared (C11.FR.04)
        await self._until("the station is not accepted", lambda: self._csms.accepted)
        await self._said_all()
        await self._until("a firmware update or an upload goes on", self._ledger.at_rest, self._settings.boot_timeout)
        await self._until("transactions are still going on", lambda: not self._ledger.ongoing())
        await self._until("connectors are not Available", self._all_available)
        self._csms.inbox.clear()

    async def _clear_the_bays(self) -> None:
        """Send the EVs away. A cable that the station holds is first stopped, then unlocked from here (F05)."""
        if self._csms.connected:
            await self._stop_transactions()
        try:
            await self._hands.clear_the_bays()
        except HandsFailed:
            if not await self._csms.wait_connected(within=self._settings.reconnect_timeout):
                raise
            await self._stop_transactions()
            for evse_id, connector_id in self._hands.plugged:
                request = m.UnlockConnectorRequest(evse_id=evse_id, connector_id=connector_id)
                await self._csms.call(request, timeout=self._settings.response_timeout)
            await self._hands.clear_the_bays()

    async def _usual_password(self) -> None:
        """Back to the password of the settings after a case that changed it (A01)."""
        if self._csms.password == self._settings.password:
            return
        before = len(self._csms.connections)
        data = t.SetVariableDataType(attribute_value=self._settings.password, **PASSWORD.wire())
        request = m.SetVariablesRequest(set_variable_data=[data])
        response = await self._csms.call(request, timeout=self._settings.response_timeout)
        status = response.set_variable_result[0].attribute_status
        if status not in ("Accepted", "RebootRequired"):
            raise NotIdle(f"the station does not take its password back: {status}")
        self._csms.password = self._settings.password
        await self._comes_back(before, reset=status == "RebootRequired")

    async def _home(self) -> None:
        """Back to the main endpoint after a case that led the station elsewhere (B10)."""
        if self._csms.connected_to != "main":
            await self._comes_back(len(self._csms.connections), reset=True)
        await self._csms.close_others()
        if self._csms.connected_to != "main":
            raise NotIdle("the station does not come back to its CSMS")

    async def _comes_back(self, before: int, *, reset: bool) -> None:
        if reset:
            request = m.ResetRequest(type=t.ResetEnumType.OnIdle)
            await self._csms.call(request, timeout=self._settings.response_timeout)
        if not await self._csms.wait_connected(within=self._settings.boot_timeout, after=before):
            raise NotIdle("the station does not connect")

    async def _stop_transactions(self) -> None:
        for transaction in self._ledger.ongoing():
            request = m.RequestStopTransactionRequest(transaction_id=transaction.transaction_id)
            await self._csms.call(request, timeout=self._settings.response_timeout)

    async def _forget_tokens(self) -> None:
        if self._configuration.is_true("AuthCacheCtrlr.Available"):
            with contextlib.suppress(CallErrorReceived):  # the cases of C11 judge that, not the tidying
                await self._csms.call(m.ClearCacheRequest(), timeout=self._settings.response_timeout)

    def _all_available(self) -> bool:
        return all(status == "Available" for status in self._ledger.connectors.values())

    async def _said_all(self) -> None:
        """Wait until nothing comes any more: what is still in a queue would answer the next case."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.function_timeout
        heard = -1
        while heard != self._csms.last_frame and loop.time() < deadline:
            heard = self._csms.last_frame
            await asyncio.sleep(SETTLE_STEP)

    async def _until(self, what: str, holds: Callable[[], bool], within: float | None = None) -> None:
        """Look until it holds, if None for as long as the station may take for a function."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self._settings.function_timeout if within is None else within)
        while not holds():
            if loop.time() >= deadline:
                raise NotIdle(what)
            await asyncio.sleep(SETTLE_STEP)

    async def _reboot(self) -> None:
        """The last means: off and on, and wait for the boot."""
        boots = self._ledger.boots
        try:
            await self._hands.power_cycle()
        except HandsFailed as error:
            raise NotIdle(f"{error}") from error
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.boot_timeout
        while self._ledger.boots == boots:
            if loop.time() >= deadline:
                raise NotIdle("the station does not boot")
            await asyncio.sleep(SETTLE_STEP)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
