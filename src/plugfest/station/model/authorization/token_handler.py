"""Handles tokens, presented at a reader or sent with a remote start: starts, stops or unlocks."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
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

MENU_TIMEOUT = 60.0
"""Seconds for which the menu for a master pass is shown."""

_MENU_TIMER = "menu for a master pass"


class Capabilities(NamedTuple):
    """What a driver can do at the station."""

    starts_locally: bool
    stops_locally: bool
    shows_menu: bool
    """Whether the display lets the holder of a master pass choose the transactions to stop (C16.FR.01)."""
    shows_tariff: bool
    """Whether the text for an accepted driver is the tariff, which the display shows in its own area (I01.FR.03)."""


class RefusalReason(StrEnum):
    """Why no driver can be authorized at an EVSE."""

    TRANSACTION = "a transaction is ongoing"
    AUTHORIZED = "a driver is authorized"
    RESERVED = "it is reserved"
    UNAVAILABLE = "it is Unavailable"
    FAULTED = "it is Faulted"


class TokenHandler:
    """Decides what a token starts, stops or unlocks."""

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
        capabilities: Capabilities,
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
        self._capabilities = capabilities
        self._behaviour = behaviour
        self._menu_token: Token | None = None
        """The master pass for which the menu is shown."""
        self._held: frozenset[int] = frozenset()
        """EVSEs for which a remote start or the driver of a reservation is being authorized."""
        self._in_progress: frozenset[str] = frozenset()
        """Keys of the tokens that are being authorized; presenting one again meanwhile has no effect."""

    @property
    def authorizing(self) -> bool:
        """Whether a driver is being authorized."""
        return bool(self._in_progress or self._held)

    async def present(self, token: Token, evse_id: int | None = None) -> None:
        """A token is presented, at an EVSE or at a reader for all EVSEs (None)."""
        self._close_menu()
        if not self._in_service():
            self._show("Out of service")
        elif self._behaviour.token_format.problem(token.id_token, token.type) is not None:
            self._show("Not accepted")
        elif token.key() not in self._in_progress and not self._stop_or_unlock(token, evse_id):
            self._in_progress |= {token.key()}
            try:
                await self._authorize(token, evse_id)
            finally:
                self._in_progress -= {token.key()}

    async def present_contract(self, token: Token, evse_id: int, authorize: Callable[[], Awaitable[TokenInfo]]) -> bool:
        """An EV presents a contract. It starts charging, and never stops another driver. Returns whether it may charge.

        `authorize`: the authorization status of the contract. C07.FR.01
        """
        if not self._in_service() or self._in_use_by_another(self._sessions.at(evse_id), token):
            return False
        reserved_evse_id, reservation_id = self._present_for_reservation(token, evse_id)
        with self._holding(reserved_evse_id):
            info = await authorize()
        session = self._sessions.at(evse_id)
        if session.authorization is not None:
            return True  # another driver was authorized meanwhile
        master_pass = same_group(info.group, self._settings().master_pass_group)
        if not info.accepted or master_pass or not self._may_use_session(session, token, info):
            self._show(info.notice or "Not accepted")
            return False
        self._welcome(info)
        self._authorize_session(session, token, info, reservation_id)
        return True

    def select_evse(self, token: Token, group: str | None = None) -> int | None:
        """An EVSE for a remote start without one: reserved for it, else with an EV, else any. F01.FR.20, F02.FR.22"""
        free = [
            each
            for each in self._sessions.at_evses
            if each.evse_id is not None and self.is_free(each.evse_id, token, group)
        ]
        arrived = self._where_expected(free, token, group)
        usable = [each for each in free if each.evse_id and self._reservations.allows(each.evse_id, token, group)]
        return next((session.evse_id for session in (*arrived, *usable, *free)), None)

    def is_free(self, evse_id: int, token: Token, group: str | None = None) -> bool:
        """Whether another driver can be authorized at an EVSE. F01.FR.23, F01.FR.24, C01.FR.23"""
        return self.refusal_reason(evse_id, token, group) is None

    def refusal_reason(self, evse_id: int, token: Token, group: str | None = None) -> RefusalReason | None:
        """Why no other driver can be authorized at an EVSE. `group`: None if it is not known."""
        if self._connectors.evse_status(evse_id) is ConnectorStatus.UNAVAILABLE:
            return RefusalReason.UNAVAILABLE
        if self._connectors.evse_status(evse_id) is ConnectorStatus.FAULTED:
            return RefusalReason.FAULTED
        if not self._is_available(evse_id):
            transaction = self._sessions.at(evse_id).transaction
            return RefusalReason.AUTHORIZED if transaction is None else RefusalReason.TRANSACTION
        # F01.FR.21, F01.FR.22, F02.FR.23, F02.FR.24
        return None if self._reservations.may_allow(evse_id, token, group) else RefusalReason.RESERVED

    def _is_available(self, evse_id: int) -> bool:
        session = self._sessions.at(evse_id)
        status = self._connectors.evse_status(evse_id)
        taken = session.authorization is not None or (session.transaction is not None and session.owner is not None)
        usable = status not in (ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED)
        return usable and not taken and evse_id not in self._held

    async def authorize_remote_start(
        self, evse_id: int, token: Token, remote_start_id: int, *, check: bool, group: str | None = None
    ) -> None:
        """Start remotely; `check`: authorize the token first. F01.FR.01, F01.FR.02, F02.FR.09, F02.FR.10

        `group`: of the token, as far as the CSMS has sent it.
        """
        # 1.6, 5.13 and H03.FR.08: its group may be the right one
        check = check or not self._reservations.allows(evse_id, token, group)
        reservation_id = self._use_reservation(evse_id, token, group)
        with self._holding(evse_id):
            info = await self._authorizer.authorize(token) if check else TokenInfo(group=group)
        may_start = info.accepted and not same_group(info.group, self._settings().master_pass_group)
        if not may_start or not self._may_use(evse_id, token, info):
            self._show(info.notice or "Not accepted")
            return
        self._welcome(info)
        self._authorize_session(self._sessions.at(evse_id), token, info, reservation_id, remote_start_id)

    def _use_reservation(self, evse_id: int | None, token: Token, group: str | None) -> int | None:
        """The reservation that a presented token uses, before it is authorized. H03.FR.09, erratum 2.32"""
        reservation_id = self._reservations.reservation_for(evse_id, token, group)
        if reservation_id is None or not self._behaviour.presenting_uses_reservation:
            return None
        if evse_id is not None and self._connectors.closed(evse_id):
            return None  # only the reservation keeps the EVSE open until the transaction starts
        self._reservations.use(reservation_id)
        return reservation_id

    def _authorize_session(
        self,
        session: ChargingSession,
        token: Token,
        info: TokenInfo,
        reservation_id: int | None,
        remote_start_id: int | None = None,
    ) -> None:
        """`reservation_id`: of the reservation that the token has used already."""
        if reservation_id is None:
            reservation_id = self._reservations.reservation_for(session.evse_id, token, info.group)
        self._charging.authorize(session, token, info, remote_start_id, reservation_id)
        if reservation_id is not None and self._behaviour.presenting_uses_reservation:
            self._reservations.use(reservation_id)  # H03.FR.09

    @contextmanager
    def _holding(self, evse_id: int | None) -> Iterator[None]:
        """Keep an EVSE free for the driver who is being authorized."""
        if evse_id is None:
            yield
            return
        self._held |= {evse_id}
        try:
            yield
        finally:
            self._held -= {evse_id}

    def _stop_or_unlock(self, token: Token, evse_id: int | None) -> bool:
        """End what the token started, without asking the CSMS. C01.FR.03, C09.FR.07, E07.FR.01. False: nothing."""
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

    async def _authorize(self, token: Token, evse_id: int | None) -> None:
        if evse_id is not None and self._in_use_by_another(self._sessions.at(evse_id), token):
            self._show("In use by another driver")
            return
        if not self._behaviour.asks_about_unrelated_tokens and not self._can_use_any_evse(token, evse_id):
            self._show("No free connector")
            return
        if not self._capabilities.starts_locally and not self._may_stop_for_group(evse_id):
            self._show("Start by app only")
            return
        reserved_evse_id, reservation_id = self._present_for_reservation(token, evse_id)
        with self._holding(reserved_evse_id):
            info = await self._authorizer.authorize(token)
        if not info.accepted:
            self._show(info.notice or "Not accepted")  # C09.FR.11: it stops nothing either
        elif same_group(info.group, self._settings().master_pass_group):
            self._apply_master_pass(token)  # C12.FR.09, C16.FR.03: it starts nothing
        elif not self._stop_for_group(token, info, evse_id):
            self._start(token, info, reserved_evse_id or evse_id, reservation_id)

    def _present_for_reservation(self, token: Token, evse_id: int | None) -> tuple[int | None, int | None]:
        """The EVSE that is held for the driver of a reservation, and the reservation; both None without one."""
        if not self._capabilities.starts_locally:
            return None, None
        chosen = evse_id or self._reservations.evse_for(token, None)
        if chosen is not None and not self._is_available(chosen):
            return None, None
        reservation_id = self._use_reservation(chosen, token, None)
        return (None, None) if reservation_id is None else (chosen, reservation_id)

    def _in_use_by_another(self, session: ChargingSession, token: Token) -> bool:
        """C01.FR.23: no other driver takes over a transaction whose authorization has ended."""
        if session.authorization is not None and not self._behaviour.asks_about_unrelated_tokens:
            return session.authorization.group is None  # without a group no other token can stop it
        without_authorization = session.transaction is not None and session.authorization is None
        return without_authorization and session.owner is not None and not session.owner.is_for(token)

    def _can_use_any_evse(self, token: Token, evse_id: int | None) -> bool:
        """Whether the token could start or stop anything, whatever the CSMS answers."""
        sessions = [session for session in self._sessions.at_evses if evse_id in (None, session.evse_id)]
        free = any(self.is_free(session.evse_id, token) for session in sessions if session.evse_id is not None)
        return free or any(session.owner is not None for session in self._sessions_for(evse_id))

    def _may_stop_for_group(self, evse_id: int | None) -> bool:
        """Whether there is an authorization that another token of its group could end."""
        return any(each.authorization and each.authorization.group for each in self._sessions_for(evse_id))

    def _stop_for_group(self, token: Token, info: TokenInfo, evse_id: int | None) -> bool:
        """End an authorization of the same group. C09.FR.03, C09.FR.05. False: there is none."""
        for session in self._sessions_for(evse_id):
            if session.authorization is not None and session.authorization.in_group(info.group):
                self._stop(session, token)
                return True
        return False

    # The master pass

    def evses_chosen(self, evse_ids: Collection[int]) -> None:
        """The holder of a master pass has chosen where to stop. C16.FR.01"""
        token = self._menu_token
        self._close_menu()
        if token is not None:
            self._stop_all(token, [session for session in self._sessions if session.evse_id in evse_ids])

    def _apply_master_pass(self, token: Token) -> None:
        display = self._hardware.display
        charging = {
            each.evse_id for each in self._sessions if each.transaction is not None and each.evse_id is not None
        }
        if not self._capabilities.shows_menu or display is None:
            self._stop_all(token, list(self._sessions))  # C16.FR.02
        elif charging:
            self._menu_token = token
            display.offer("Stop charging at?", charging)
            self._timers.set(_MENU_TIMER, MENU_TIMEOUT, self._close_menu)

    def _close_menu(self) -> None:
        """After a choice or the timeout (C16, error handling)."""
        if self._menu_token is not None:
            self._menu_token = None
            self._timers.cancel(_MENU_TIMER)
            self._show("")

    def _stop_all(self, token: Token, sessions: Iterable[ChargingSession]) -> None:
        for session in sessions:
            if session.transaction is not None:
                self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, StopReason.MASTER_PASS, token)

    # Starting

    def _start(self, token: Token, info: TokenInfo, evse_id: int | None, reservation_id: int | None) -> None:
        if not self._capabilities.starts_locally:
            self._show("Start by app only")
            return
        session = self._session_to_start(token, info, evse_id)
        if session is None:
            self._show(self._refusal(evse_id, token, info))
            return
        self._welcome(info)
        self._authorize_session(session, token, info, reservation_id)

    def _refusal(self, evse_id: int | None, token: Token, info: TokenInfo) -> str:
        reason = None if evse_id is None else self.refusal_reason(evse_id, token, info.group or "")
        return "Reserved for another driver" if reason is RefusalReason.RESERVED else "No free connector"

    def _session_to_start(self, token: Token, info: TokenInfo, evse_id: int | None) -> ChargingSession | None:
        """The session to authorize: at `evse_id`; else reserved, with an EV, or a waiting one for any EVSE."""
        free = [session for session in self._sessions.at_evses if self._may_use_session(session, token, info)]
        if evse_id is not None:
            return next((session for session in free if session.evse_id == evse_id), None)
        arrived = next(iter(self._where_expected(free, token, info.group)), None)
        if arrived is not None or len(free) <= len(self._sessions.waiting):
            return arrived
        return free[0] if len(self._sessions.at_evses) == 1 else self._sessions.add_waiting()

    def _where_expected(
        self, free: Sequence[ChargingSession], token: Token, group: str | None
    ) -> list[ChargingSession]:
        """Where the driver is expected, most likely first: where it is reserved, then at a cable or in a bay."""
        reserved_evse_id = self._reservations.evse_for(token, group)
        return [
            *(session for session in free if session.evse_id == reserved_evse_id),
            *(session for session in free if session.state.connected),
            *(session for session in free if session.state.bay_occupied),
        ]

    def _may_use_session(self, session: ChargingSession, token: Token, info: TokenInfo) -> bool:
        assert session.evse_id is not None
        allowed = not info.evse_ids or session.evse_id in info.evse_ids  # C01.FR.21
        without_authorization = (
            session.transaction is not None and session.owner is not None and session.owner.is_for(token)
        )
        reclaims = without_authorization and session.authorization is None  # E09.FR.01
        return allowed and (reclaims or self._may_use(session.evse_id, token, info))

    def _may_use(self, evse_id: int, token: Token, info: TokenInfo) -> bool:
        return self._is_available(evse_id) and self._reservations.allows(evse_id, token, info.group)

    def _stop(self, session: ChargingSession, token: Token) -> None:
        if session.transaction is not None and not self._capabilities.stops_locally:
            self._show("Stop by app only")
            return
        self._show("Goodbye")
        self._charging.end_authorization(session, TriggerReason.STOP_AUTHORIZED, StopReason.LOCAL, token)

    def _sessions_for(self, evse_id: int | None) -> Iterator[ChargingSession]:
        """The sessions at an EVSE (None: all EVSEs) and those without one."""
        return (session for session in list(self._sessions) if evse_id is None or session.evse_id in (evse_id, None))

    def _welcome(self, info: TokenInfo) -> None:
        greeting = None if self._capabilities.shows_tariff else info.notice
        self._show(greeting or "Welcome")

    def _show(self, text: str) -> None:
        if self._hardware.display is not None:
            self._hardware.display.show(text)
