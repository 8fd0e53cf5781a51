"""Puts the station back into the state that Part 6 section 2.1 asks for before a case, and proves that it is there."""

import asyncio
import contextlib
from collections.abc import Callable

from plugfest.lab.commissioning import Commissioner
from plugfest.lab.csms.csms import Csms
from plugfest.lab.operator.operator import Operator
from plugfest.lab.restore.commands import RestoreList, StationNotIdle
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError, OperatorFailed
from plugfest.lab.version_support import VersionSupport
from plugfest.link.errors import CallErrorReceived, LinkError

SETTLE_STEP = 1.0
"""Seconds between two looks at whether the station has come to rest."""


class Restorer:
    """Cleans the bench between two cases. What it sees on the wire meanwhile is not judged."""

    def __init__(
        self,
        *,
        csms: Csms,
        operator: Operator,
        version: VersionSupport,
        restore_list: RestoreList,
        commissioner: Commissioner,
        settings: LabSettings,
    ) -> None:
        self._csms = csms
        self._operator = operator
        self._version = version
        self._restore_list = restore_list
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
            if not self._operator.can_commission:
                raise StationNotIdle(f"{reason}; switched off and on: {_words(error)}") from error
            self._commissioner.invalidate()
            await self._tidy_or_give_up()

    async def _tidy_or_give_up(self) -> None:
        try:
            await self._tidy()
        except (LabError, LinkError) as error:
            raise StationNotIdle(_words(error)) from error

    async def _tidy(self) -> None:
        self._csms.answers.reset()
        self._csms.go_online()
        await self._operator.clear_faults()
        await self._clear_the_bays()
        if await self._commissioner.ensure_connection(self._operator, None):
            self._restore_list.take()  # went with the old configuration
            self._version.certificates.reset()
        if not await self._csms.wait_connected(within=self._settings.reconnect_timeout):
            raise StationNotIdle("the station does not connect")
        await self._usual_password()
        await self._version.restore_commands.stop_transactions()
        await self._version.configuration.restore()
        await self._home()
        for request in self._restore_list.take():
            with contextlib.suppress(CallErrorReceived):  # what is left of it shows below
                await self._csms.call(request, timeout=self._settings.response_timeout)
        await self._version.certificates.restore(self._commissioner.default.csms_roots or ())
        await self._version.restore_commands.forget_tokens()  # last: a disabled cache refuses to be cleared (C11.FR.04)
        await self._until("the station is not accepted", lambda: self._csms.accepted)
        await self._said_all()
        await self._until(
            "a firmware update or an upload goes on",
            self._version.ledger.file_operations_done,
            self._settings.boot_timeout,
        )
        await self._until("transactions are still going on", lambda: not self._version.ledger.in_transaction())
        await self._until("connectors are not Available", self._version.ledger.all_available)
        self._csms.inbox.clear()

    async def _clear_the_bays(self) -> None:
        """Send the EVs away. A cable that the station holds is first stopped, then unlocked from here (F05)."""
        if self._csms.connected:
            await self._version.restore_commands.stop_transactions()
        try:
            await self._operator.remove_evs()
        except OperatorFailed:
            if not await self._csms.wait_connected(within=self._settings.reconnect_timeout):
                raise
            await self._version.restore_commands.stop_transactions()
            for evse_id, connector_id in self._operator.plugged:
                await self._version.restore_commands.unlock(evse_id, connector_id)
            await self._operator.remove_evs()

    async def _usual_password(self) -> None:
        """Back to the password of the settings after a case that changed it (A01)."""
        if self._csms.password == self._settings.password:
            return
        before = len(self._csms.connections)
        reset = await self._version.restore_commands.set_password(self._settings.password)
        self._csms.password = self._settings.password
        await self._comes_back(before, reset=reset)

    async def _home(self) -> None:
        """Back to the main endpoint after a case that led the station elsewhere (B10)."""
        if self._csms.connected_to != "main":
            await self._comes_back(len(self._csms.connections), reset=True)
        await self._csms.close_extra_endpoints()
        if self._csms.connected_to != "main":
            raise StationNotIdle("the station does not come back to its CSMS")

    async def _comes_back(self, before: int, *, reset: bool) -> None:
        if reset:
            await self._version.restore_commands.reset()
        if not await self._csms.wait_connected(within=self._settings.boot_timeout, after=before):
            raise StationNotIdle("the station does not connect")

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
                raise StationNotIdle(what)
            await asyncio.sleep(SETTLE_STEP)

    async def _reboot(self) -> None:
        """The last means: off and on, and wait for the boot."""
        boots = self._version.ledger.boots
        try:
            await self._operator.power_cycle()
        except OperatorFailed as error:
            raise StationNotIdle(f"{error}") from error
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.boot_timeout
        while self._version.ledger.boots == boots:
            if loop.time() >= deadline:
                raise StationNotIdle("the station does not boot")
            await asyncio.sleep(SETTLE_STEP)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
