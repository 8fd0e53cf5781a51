"""Where drivers identify themselves: what a token is for, at the reader or from afar."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from plugfest.hardware.ports import Hardware
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.tokens import Token, TokenInfo, same_group
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.setup.version_behaviour import VersionBehaviour

TIME_TO_CHOOSE = 60.0
"""Seconds for which the menu of a master pass is shown."""

_CHOICE = "choice of a master pass"


class Capabilities(NamedTuple):
    """What a driver can do at the station."""

    starts_locally: bool
    stops_locally: bool
    offers_choice: bool
    """Whether the holder of a master pass chooses the transactions to stop (C16.FR.01)."""


class TokenHandler:
    """Decides for whom a token starts, stops or unlocks something."""

    def __init__(
        self,
        *,
        hardware: Hardware,
        sessions: ChargingSessions,
        charging: Charging,
        connectors: Connectors,
        authorizer: Authorizer,
        reservations: Reservations,
        settings: Callable[[], ChargingSettings],
        in_service: Callable[[], bool],
        timers: Timers,
        abilities: Capabilities,
        behaviour: VersionBehaviour,
    ) -> None:
        self._hardware = hardware
        self._sessions = sessions
        self._charging = charging
        self._connectors = connectors
        self._authorizer = authorizer
        self._reservations = reservations
        self._settings = settings
        self._in_service = in_service
        self._timers = timers
        self._capabilities = abilities
        self._behaviour = behaviour
        self._menu_token: Token | None = None
        """The master pass whose holder has the choice now."""
        self._remote_starts: set[int] = set()
        """EVSEs for which a remote start is being authorized."""
        self._in_progress: set[str] = set()
        """Tokens that somebody is being asked about: to present them again meanwhile means nothing."""

    async def present(self, token: Token, evse_id: int | None = None) -> None:
        """A token is presented, at an EVSE or at a reader for all of them."""
        self._close_menu()
        if not self._in_service():
            self._show("Out of service")
        elif len(token.id_token) > self._behaviour.longest_token:
            self._show("Not accepted")
        elif token.key() not in self._in_progress and not self._stop_or_unlock(token, evse_id):
            self._in_progress.add(token.key())
            try:
                await self._authorize(token, evse_id)
            finally:
                self._in_progress.discard(token.key())

    def select_evse(self, token: Token) -> int | None:
        """An EVSE for somebody who named none: his own, or one where an EV waits. F01.FR.20, F02.FR.22"""
        at = [
            each for each in self._sessions.at_evses if each.evse_id is not None and self.is_free(each.evse_id, token)
        ]
        own = [each for each in at if self._reservations.reservation_for(each.evse_id or 0, token, None) is not None]
        connected = [session for session in at if session.state.connected or session.state.bay_occupied]
        return next((session.evse_id for session in (*own, *connected, *at)), None)

    def is_free(self, evse_id: int, token: Token) -> bool:
        """Whether somebody new can be authorized there. F01.FR.23, F01.FR.24, C01.FR.23"""
        return self._is_vacant(evse_id) and self._reservations.may_allow(evse_id, token)

    def _is_vacant(self, evse_id: int) -> bool:
        session = self._sessions.at(evse_id)
        status = self._connectors.evse_status(evse_id)
        taken = session.authorization is not None or (session.transaction is not None and session.owner is not None)
        usable = status not in (ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED)
        return usable and not taken and evse_id not in self._remote_starts

    async def authorize_remote_start(self, evse_id: int, token: Token, remote_start_id: int, *, check: bool) -> None:
        """The CSMS sends somebody to an EVSE; `check` whether he may. F01.FR.01, F01.FR.02, F02.FR.09, F02.FR.10"""
        self._remote_starts.add(evse_id)
        check = check or not self._reservations.allows(evse_id, token, None)  # of the right group, perhaps: 1.6, 5.13
        try:
            info = await self._authorizer.authorize(token) if check else TokenInfo()
        finally:
            self._remote_starts.discard(evse_id)
        may_start = info.accepted and not same_group(info.group, self._settings().master_pass_group)
        if not may_start or not self._may_use(evse_id, token, info):
            self._show(info.message or "Not accepted")
            return
        self._show(info.message or "Welcome")
        reservation_id = self._reservations.reservation_for(evse_id, token, info.group)
        self._charging.authorize(self._sessions.at(evse_id), token, info, remote_start_id, reservation_id)

    # Tokens that are known here

    def _stop_or_unlock(self, token: Token, evse_id: int | None) -> bool:
        """Whether the token ends something that it began, without asking the CSMS. C01.FR.03, C09.FR.07, E07.FR.01"""
        info = self._authorizer.stored_info(token).info
        group = info.group if info is not None and info.accepted else None
        for session in self._sessions_for(evse_id):
            if session.authorization is not None and session.authorization.may_be_ended_by(token, group):
                self._stop(session, token)
                return True
            if session.unlock_authorization is not None and session.unlock_authorization.may_be_ended_by(token, group):
                self._show("Cable unlocked")
                self._charging.unlock(session)
                return True
        return False

    # Tokens that somebody has to judge

    async def _authorize(self, token: Token, evse_id: int | None) -> None:
        if evse_id is not None and self._in_use_by_another(self._sessions.at(evse_id), token):
            self._show("In use by somebody else")
            return
        if not self._behaviour.asks_about_unrelated_tokens and not self._can_use_any_evse(token, evse_id):
            self._show("No place to charge")
            return
        if not self._capabilities.starts_locally and not self._may_stop_one(evse_id):
            self._show("Start by app only")
            return
        info = await self._authorizer.authorize(token)
        if not info.accepted:
            self._show(info.message or "Not accepted")  # C09.FR.11 too: nothing stops by it
        elif same_group(info.group, self._settings().master_pass_group):
            self._apply_master_pass(token)  # C12.FR.09, C16.FR.03: it starts nothing
        elif not self._stop_for_group(token, info, evse_id):
            self._start(token, info, evse_id)

    def _in_use_by_another(self, session: ChargingSession, token: Token) -> bool:
        """C01.FR.23: after the end of an authorization nobody else takes the transaction over."""
        if session.authorization is not None and not self._behaviour.asks_about_unrelated_tokens:
            return session.authorization.group is None  # who is in no group shares with nobody
        orphaned = session.transaction is not None and session.authorization is None
        return orphaned and session.owner is not None and not session.owner.is_for(token)

    def _can_use_any_evse(self, token: Token, evse_id: int | None) -> bool:
        """Whether any EVSE can be of use to somebody, whatever the CSMS says of him."""
        sessions = [session for session in self._sessions.at_evses if evse_id in (None, session.evse_id)]
        free = any(self.is_free(session.evse_id, token) for session in sessions if session.evse_id is not None)
        return free or any(session.owner is not None for session in self._sessions_for(evse_id))

    def _may_stop_one(self, evse_id: int | None) -> bool:
        """Whether anything goes on that a member of a group could stop."""
        return any(each.authorization and each.authorization.group for each in self._sessions_for(evse_id))

    def _stop_for_group(self, token: Token, info: TokenInfo, evse_id: int | None) -> bool:
        """C09.FR.03, C09.FR.05"""
        for session in self._sessions_for(evse_id):
            if session.authorization is not None and session.authorization.in_group(info.group):
                self._stop(session, token)
                return True
        return False

    # The master pass

    def evses_chosen(self, evse_ids: Collection[int]) -> None:
        """The holder of a master pass has chosen the transactions to stop. C16.FR.01"""
        token = self._menu_token
        self._close_menu()
        if token is not None:
            self._stop_all(token, [session for session in self._sessions if session.evse_id in evse_ids])

    def _apply_master_pass(self, token: Token) -> None:
        display = self._hardware.display
        charging = {v.evse_id for v in self._sessions if v.transaction is not None and v.evse_id is not None}
        if not self._capabilities.offers_choice or display is None:
            self._stop_all(token, list(self._sessions))  # C16.FR.02
        elif charging:
            self._menu_token = token
            display.offer("Stop charging at?", charging)
            self._timers.set(_CHOICE, TIME_TO_CHOOSE, self._close_menu)

    def _close_menu(self) -> None:
        """Whether somebody chose or nobody did: back to normal operation (C16, error handling)."""
        if self._menu_token is not None:
            self._menu_token = None
            self._timers.cancel(_CHOICE)
            self._show("")

    def _stop_all(self, token: Token, sessions: Iterable[ChargingSession]) -> None:
        for session in sessions:
            if session.transaction is not None:
                self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, StopReason.MASTER_PASS, token)

    # Newcomers

    def _start(self, token: Token, info: TokenInfo, evse_id: int | None) -> None:
        if not self._capabilities.starts_locally:
            self._show("Start by app only")
            return
        session = self._session_for(token, info, evse_id)
        if session is None:
            self._show("No place to charge")
            return
        self._show(info.message or "Welcome")
        reservation_id = None
        if session.evse_id is not None:
            reservation_id = self._reservations.reservation_for(session.evse_id, token, info.group)
        self._charging.authorize(session, token, info, reservation_id=reservation_id)

    def _session_for(self, token: Token, info: TokenInfo, evse_id: int | None) -> ChargingSession | None:
        """Where somebody new is to charge: where he says, where an EV waits, or wherever he plugs in."""
        free = [session for session in self._sessions.at_evses if self._may_take(session, token, info)]
        if evse_id is not None:
            return next((session for session in free if session.evse_id == evse_id), None)
        own = [
            each
            for each in free
            if self._reservations.reservation_for(each.evse_id or 0, token, info.group) is not None
        ]
        connected = [session for session in free if session.state.connected]
        parked = [session for session in free if session.state.bay_occupied]
        arrived = next(iter((*own, *connected, *parked)), None)
        if arrived is not None or len(free) <= len(self._sessions.waiting):
            return arrived
        return free[0] if len(self._sessions.at_evses) == 1 else self._sessions.add_waiting()

    def _may_take(self, session: ChargingSession, token: Token, info: TokenInfo) -> bool:
        assert session.evse_id is not None
        allowed = not info.evse_ids or session.evse_id in info.evse_ids  # C01.FR.21
        orphaned = session.transaction is not None and session.owner is not None and session.owner.is_for(token)
        reclaims = orphaned and session.authorization is None  # E09.FR.01
        return allowed and (reclaims or self._may_use(session.evse_id, token, info))

    def _may_use(self, evse_id: int, token: Token, info: TokenInfo) -> bool:
        return self._is_vacant(evse_id) and self._reservations.allows(evse_id, token, info.group)

    def _stop(self, session: ChargingSession, token: Token) -> None:
        if session.transaction is not None and not self._capabilities.stops_locally:
            self._show("Stop by app only")
            return
        self._show("Goodbye")
        self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, StopReason.LOCAL, token)

    def _sessions_for(self, evse_id: int | None) -> Iterator[ChargingSession]:
        """The visits that a token can be about."""
        return (session for session in list(self._sessions) if evse_id is None or session.evse_id in (evse_id, None))

    def _show(self, text: str) -> None:
        if self._hardware.display is not None:
            self._hardware.display.show(text)
