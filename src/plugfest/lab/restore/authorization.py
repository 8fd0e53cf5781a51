"""An authorization that a case has left pending is ended, and shown to be, before the next case (C01.FR.26)."""

import asyncio
from collections.abc import Iterable, Iterator
from math import isfinite

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.operator.operator import Operator
from plugfest.lab.recording.exchanges import Exchange, exchanges
from plugfest.lab.recording.record import Direction
from plugfest.lab.restore.commands import RestoreCommands, StationNotIdle
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import OperatorFailed

REMOTE_STARTS = frozenset({"RequestStartTransaction", "RemoteStartTransaction"})


class Authorization(msgspec.Struct, frozen=True):
    """A driver was authorized, or may have been: `at` in loop time, `frame` an index into the record."""

    at: float
    frame: int
    evse_id: int


class AuthorizationCleanup:
    """Waits until a pending authorization has timed out, and then shows with a cable that it has."""

    def __init__(self, csms: Csms, operator: Operator, commands: RestoreCommands, settings: LabSettings) -> None:
        self._csms = csms
        self._operator = operator
        self._commands = commands
        self._settings = settings

    async def end_pending(self, first_frame: int) -> None:
        """End the authorizations of a case that was stopped; its frames begin with `first_frame`.

        Raises:
            StationNotIdle: an EV that is plugged in after the timeout is still charged.
        """
        requests = list(exchanges(self._csms.record.since(first_frame), self._csms.protocol))
        actions = [one for one in self._operator.actions if one.frame >= first_frame]
        given = list(authorizations(actions, requests, self._settings.evse_id))
        if not given:
            return
        last = max(given, key=lambda one: one.at)
        if any(one.frame >= last.frame and self._commands.ends_transaction(one.request) for one in requests):
            return
        passed = asyncio.get_running_loop().time() - last.at
        await asyncio.sleep(max(0.0, self._longest - passed))
        await self._show_ended(last.evse_id)

    async def end_earlier(self, evse_ids: Iterable[int]) -> None:
        """End the authorizations at these EVSEs from before the campaign, of which the lab has seen nothing.

        Raises:
            StationNotIdle: as `end_pending`.
        """
        left = sorted(evse_ids)
        if left:
            await asyncio.sleep(self._longest)
        for evse_id in left:
            await self._show_ended(evse_id)

    @property
    def _longest(self) -> float:
        """Seconds after which an authorization without an EV has ended."""
        timeout = self._commands.connection_timeout() or self._settings.ev_connection_timeout
        return timeout + self._settings.time_tolerance

    async def _show_ended(self, evse_id: int) -> None:
        connector_id, first_frame = self._settings.connector_id, len(self._csms.record)
        try:
            await self._operator.plug_in(evse_id, connector_id)
        except OperatorFailed:
            return  # the connector is locked until a driver is authorized: so none is
        await asyncio.sleep(self._settings.time_tolerance)
        received = list(exchanges(self._csms.record.since(first_frame), self._csms.protocol))
        authorized = any(self._commands.shows_authorization(one.request) for one in received)
        await self._commands.stop_transactions()
        await self._operator.unplug(evse_id, connector_id)
        if authorized:
            raise StationNotIdle("an authorization did not end after the timeout for the connection of the EV")


def authorizations(
    actions: Iterable[OperatorAction], requests: Iterable[Exchange], evse_id: int
) -> Iterator[Authorization]:
    """The presentations of accepted tokens, and the remote starts that the station has accepted."""
    for action in actions:
        if action.kind is ActionKind.PRESENT_TOKEN and action.token is not None and action.token.status == "Accepted":
            at = action.ended if isfinite(action.ended) else action.began
            yield Authorization(at, action.frame, action.evse_id or evse_id)
    for one in requests:
        remote_start = one.by is Direction.FROM_LAB and one.action in REMOTE_STARTS
        if remote_start and one.answered_at is not None and getattr(one.response, "status", None) == "Accepted":
            yield Authorization(one.answered_at, one.frame, evse_id)
