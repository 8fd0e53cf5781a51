"""Restores the station to the state that Part 6 section 2.1 requires before a case, and checks that it is reached."""

import asyncio
import contextlib
from collections.abc import Callable
from math import inf

from plugfest.lab import events
from plugfest.lab.case import ConnectionRequirement
from plugfest.lab.commissioning import Commissioner
from plugfest.lab.csms.csms import Csms
from plugfest.lab.operator.operator import Operator
from plugfest.lab.restore.authorization import AuthorizationCleanup
from plugfest.lab.restore.commands import NO_VALID_ANSWER, RestoreList, StationNotIdle
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError, OperatorFailed
from plugfest.lab.version_support import VersionSupport
from plugfest.link.errors import LinkError
from plugfest.products import Product

QUIET = 1.0
"""Seconds without a message after which the station has sent all that it has queued."""

SETTLE_STEP = 1.0
"""Seconds between two checks whether the station is idle."""


FAULTED, RESERVED = "Faulted", "Reserved"
BLOCKED = (RESERVED, "Unavailable")
"""The statuses that the CSMS can end."""


class NeverIdle(LabError):
    """The connector under test is in a state from before the first case, so that no case can be judged."""


class Restorer:
    """Restores the station between two cases. Messages of this time are judged only by their schema."""

    def __init__(
        self,
        *,
        csms: Csms,
        operator: Operator,
        version: VersionSupport,
        restore_list: RestoreList,
        commissioner: Commissioner,
        product: Product,
        settings: LabSettings,
        emit: events.Listener,
    ) -> None:
        self._csms = csms
        self._operator = operator
        self._version = version
        self._restore_list = restore_list
        self._commissioner = commissioner
        self._settings = settings
        self._product = product
        self._emit = emit
        self._authorizations = AuthorizationCleanup(csms, operator, version.restore_commands, settings)
        self._presented_before = frozenset[int]()
        self.was_idle = False
        """Whether the station was found idle at any time in the campaign."""

    async def reverse_actions(self) -> None:
        """Have the operator undo what it has done, as far as that is possible before the station is connected."""
        with contextlib.suppress(OperatorFailed):
            await self._operator.clear_faults()
            await self._operator.remove_evs()

    async def begin(self) -> None:
        """Bring a station into the idle state that may have been in operation before, with another CSMS or offline.

        Raises:
            StationNotIdle: the station is not in the idle state.
        """
        self._presented_before = frozenset(self._operator.presented)
        await self._wait_for_last_message(-inf, self._settings.boot_timeout)  # those that it has queued
        with contextlib.suppress(LinkError):
            await self._learn_state()
            await self._make_operative()
        await self.restore()
        self._operator.note_restored()

    async def _learn_state(self) -> None:
        """Ask for what a station reports only when it boots or when it changes."""
        loop, ledger, commands = asyncio.get_running_loop(), self._version.ledger, self._version.restore_commands
        unreported = ledger.unreported(self._product)
        if unreported:
            await commands.ask_for_statuses(unreported)
            await self._wait_for_last_message(loop.time())
        if (unreported or ledger.occupied()) and not ledger.in_transaction():
            await commands.ask_for_transactions()
            await self._wait_for_last_message(loop.time())

    def check_was_idle(self) -> None:
        """Check whether the connector under test is still in the state in which the station has come to the lab.

        Raises:
            NeverIdle: it is.
        """
        status = self._version.ledger.status(self._settings.evse_id, self._settings.connector_id)
        if not self.was_idle and status not in (None, "Available"):
            raise NeverIdle(f"connector {self._settings.connector_id} of EVSE {self._settings.evse_id} is {status}")

    async def restore(self, stopped_case: int | None = None) -> None:
        """Undo what the case did. If that fails, power cycle the station; if that fails, have it commissioned again.

        Until it was idle for the first time, the operator is asked first to remove the EVs and the faults that it
        seems to have from before.

        `stopped_case` is the index of the first frame of a case that did not come to its end.

        Raises:
            StationNotIdle: the station is not in the idle state.
        """
        reason = await self._obstacle(stopped_case, self._commissioner.after_case(self._operator))
        if reason is not None and not self.was_idle:
            reason = await self._remove_what_was_there(reason)
        if reason is not None:
            await self._restore_after_power_cycle(reason)
        self.was_idle = True

    async def restore_again(self, stopped_case: int | None) -> None:
        """Undo once more what a case did, without a power cycle, which was tried after it.

        Raises:
            StationNotIdle: the station is not in the idle state.
        """
        await self._restore_or_raise(stopped_case)

    async def _remove_what_was_there(self, reason: str | None) -> str | None:
        """Remove the cables, faults and other obstacles that a station seems to have from the time before the lab.

        What is removed may show the next one. Returns why it is not idle after that, None if it is. `reason`: why it is
        not idle now.
        """
        tried = set[tuple[int, int, str | None]]()
        while reason is not None and (found := self._in_other_states() - tried):
            tried |= found
            reason = await self._obstacle_without_them()
        return reason

    def _in_other_states(self) -> set[tuple[int, int, str | None]]:
        """The connectors that someone can make Available, with their statuses."""
        ledger = self._version.ledger
        places = {*ledger.occupied(), *ledger.places(FAULTED, *BLOCKED)}
        return {(*place, ledger.status(*place)) for place in places}

    async def _obstacle_without_them(self) -> str | None:
        """Have them made Available and restore the station once. Returns why it is not idle, None if it is."""
        ledger, operator = self._version.ledger, self._operator
        cables, faults = set(ledger.occupied()) - operator.plugged.keys(), set(ledger.places(FAULTED))
        operator.plugged |= {place: {"ev", "evse"} for place in cables}
        operator.faulted |= faults
        with contextlib.suppress(LinkError):
            await self._make_operative()
        obstacle = await self._obstacle()
        for place in cables if obstacle is not None else ():  # it may be occupied without a cable
            operator.plugged.pop(place, None)
        operator.faulted -= faults
        return obstacle

    async def _make_operative(self) -> None:
        ledger = self._version.ledger
        for place in ledger.places(*BLOCKED):
            await self._version.restore_commands.make_operative(*place, reserved=ledger.status(*place) == RESERVED)

    async def _restore_after_power_cycle(self, reason: str) -> None:
        try:
            await self._power_cycle()
            await self._restore_once()
        except (LabError, LinkError) as error:
            if not self._operator.can_commission:
                raise StationNotIdle(f"{reason}; after a power cycle: {_text(error)}") from error
            self._commissioner.invalidate()
            await self._restore_or_raise()

    async def _obstacle(
        self, stopped_case: int | None = None, connection: ConnectionRequirement | None = None
    ) -> str | None:
        """Restore the station once. Returns why it is not idle, None if it is."""
        try:
            await self._restore_once(stopped_case, connection)
        except (LabError, LinkError) as error:
            return _text(error)
        return None

    async def _restore_or_raise(self, stopped_case: int | None = None) -> None:
        try:
            await self._restore_once(stopped_case)
        except (LabError, LinkError) as error:
            raise StationNotIdle(_text(error)) from error

    async def _restore_once(
        self, stopped_case: int | None = None, connection: ConnectionRequirement | None = None
    ) -> None:
        self._csms.answers.reset()
        self._csms.go_online()
        await self._operator.clear_faults()
        await self._remove_evs()
        if await self._commissioner.ensure_connection(self._operator, connection):
            self._restore_list.take()  # commissioning has erased those changes
            self._version.certificates.reset()
        if not await self._connects(within=self._settings.reconnect_timeout):
            raise StationNotIdle("the station does not connect")
        # While Pending, a station does not stop transactions (B02.FR.05); while Rejected, it refuses all (B03.FR.08).
        await self._wait_until(
            lambda: self._csms.registration.accepted,
            "the station to be accepted",
            "the station is not accepted",
            self._settings.boot_timeout,
        )
        await self._restore_password()
        await self._version.restore_commands.stop_transactions()
        await self._authorizations.end_earlier(self._presented_before)
        self._presented_before = frozenset()
        if stopped_case is not None:
            await self._authorizations.end_pending(stopped_case)
        await self._version.configuration.restore()
        await self._return_to_main_endpoint()
        await self._send_restore_list()
        connected = self._commissioner.current or self._commissioner.default
        await self._version.certificates.restore(connected.csms_roots or ())
        await self._wait_for_last_message(asyncio.get_running_loop().time() if stopped_case is not None else -inf)
        # After the configuration: a disabled cache cannot be cleared (C11.FR.04). The station sends nothing about it.
        await self._version.restore_commands.forget_tokens()
        await self._wait_until(
            self._version.ledger.file_operations_done,
            "the end of the firmware update or the upload",
            "a firmware update or an upload is still in progress",
            self._settings.boot_timeout,
        )
        await self._wait_until(
            lambda: not self._version.ledger.in_transaction(),
            "the end of the transactions",
            "transactions have not ended",
        )
        await self._wait_until(
            self._version.ledger.all_available, "all connectors to be Available", "connectors are not Available"
        )
        self._csms.inbox.clear()

    async def _send_restore_list(self) -> None:
        requests = self._restore_list.take()
        for number, request in enumerate(requests):
            try:
                response = await self._csms.call(request, timeout=self._settings.response_timeout)
            except asyncio.CancelledError:  # the restoring starts again
                self._restore_list.put_back(requests[number:])
                raise
            except NO_VALID_ANSWER:  # if that matters, a check after this fails
                continue
            self._version.restore_commands.check_restored(request, response)

    async def _remove_evs(self) -> None:
        """Have all EVs removed. If a cable is locked, stop the transactions and unlock the connector (F05)."""
        if self._csms.connected and self._csms.registration.accepted:
            await self._version.restore_commands.stop_transactions()
        try:
            await self._operator.remove_evs()
        except OperatorFailed:
            if not await self._connects(within=self._settings.reconnect_timeout):
                raise
            await self._version.restore_commands.stop_transactions()
            for evse_id, connector_id in self._operator.plugged:
                await self._version.restore_commands.unlock(evse_id, connector_id)
            await self._operator.remove_evs()

    async def _restore_password(self) -> None:
        """Set the password of the settings again after a case that changed it (A01)."""
        if self._csms.password == self._settings.password:
            return
        before = self._csms.connection_count
        reset = await self._version.restore_commands.set_password(self._settings.password)
        self._csms.password = self._settings.password
        await self._wait_reconnected(before, reset=reset)

    async def _return_to_main_endpoint(self) -> None:
        """Have the station connect to the main endpoint after a case that moved it to another one (B10)."""
        if self._csms.connected_to != "main":
            await self._wait_reconnected(self._csms.connection_count, reset=True)
        await self._csms.close_extra_endpoints()
        if self._csms.connected_to != "main":
            raise StationNotIdle("the station does not return to the main endpoint")

    async def _wait_reconnected(self, before: int, *, reset: bool) -> None:
        if reset:
            await self._version.restore_commands.reset()
        if not await self._connects(within=self._settings.boot_timeout, after=before):
            raise StationNotIdle("the station does not connect")

    async def _wait_for_last_message(self, expected_since: float, within: float | None = None) -> None:
        """Wait until no more messages come: queued messages could be mistaken for those of the next case.

        `expected_since`: the loop time at which a message was still expected. `within` is in seconds, the function
        timeout if None.
        """
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.function_timeout if within is None else within):
                while (remaining := max(expected_since, self._last_event()) + QUIET - loop.time()) > 0:  # noqa: ASYNC110 - a timer
                    await asyncio.sleep(remaining)

    def _last_event(self) -> float:
        """The loop time of the last frame, connection or operator action: the station may send something after each."""
        frames, connections = self._csms.record.frames[-1:], self._csms.connection_periods[-1:]
        return max(
            self._operator.last_acted, *(frame.at for frame in frames), *(period.began for period in connections)
        )

    async def _connects(self, *, within: float, after: int = 0) -> bool:
        """As `Csms.wait_connected`."""
        if self._csms.connected and self._csms.connection_count > after:
            return True
        with events.waiting(self._emit, "the station to connect", within):
            return await self._csms.wait_connected(within=within, after=after)

    async def _wait_until(
        self, holds: Callable[[], bool], awaited: str, obstacle: str, within: float | None = None
    ) -> None:
        """Wait until it holds; `within` is in seconds, the function timeout if None.

        Raises:
            StationNotIdle: it does not hold in time; `obstacle` is the reason.
        """
        if holds():
            return
        within = self._settings.function_timeout if within is None else within
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        with events.waiting(self._emit, awaited, within):
            while not holds():
                if loop.time() >= deadline:
                    raise StationNotIdle(obstacle)
                await asyncio.sleep(SETTLE_STEP)

    async def _power_cycle(self) -> None:
        """Have the station switched off and on, and wait until it boots."""
        boots = self._version.ledger.boots
        try:
            await self._operator.power_cycle()
        except OperatorFailed as error:
            raise StationNotIdle(f"{error}") from error
        await self._wait_until(
            lambda: self._version.ledger.boots != boots,
            "the station to boot",
            "the station does not boot",
            self._settings.boot_timeout,
        )


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
