"""What happens at the EVSEs: plugs, bays, faults and energy, seen again each time the hardware says that it changed."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from plugfest.hardware.ports import Hardware
from plugfest.station.model.authorization.tokens import NOBODY, Token, TokenInfo
from plugfest.station.model.charging.charging_session import Authorization, ChargingSession
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import ChargingState, StopReason, Trigger
from plugfest.station.model.transactions.points import (
    Point,
    ends_by_invalid_token,
    ends_with_authorization,
    ends_without_cable,
    points_of,
)
from plugfest.station.model.transactions.transactions import Transactions

_GRAIN = 0.01
"""Wh by which a limit of energy may be missed."""


class Charging:
    """Moves every visit by what the hardware shows, and lets energy flow where it may."""

    def __init__(
        self,
        *,
        hardware: Hardware,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        connectors: Connectors,
        timers: Timers,
        settings: Callable[[], ChargingSettings],
        in_service: Callable[[], bool],
        needs_authorization: Callable[[], bool],
    ) -> None:
        self.on_lock_failure: list[Callable[[Place], None]] = []
        self._hardware = hardware
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._connectors = connectors
        self._timers = timers
        self._settings = settings
        self._in_service = in_service
        self._needs_authorization = needs_authorization

    def look(self, evse_id: int) -> None:
        """Something may have changed at an EVSE."""
        path = self._paths[evse_id]
        path.follow_pilot()
        self._connectors.refresh()
        self._look_at_bay(evse_id, occupied=True)
        self._look_for_fault(evse_id)
        self._look_at_cable(evse_id)
        self._look_at_lock(self._sessions.at(evse_id))
        self._look_at_bay(evse_id, occupied=False)  # nobody drives off before he has unplugged
        self._settle(self._sessions.at(evse_id))

    def look_around(self, evse_id: int | None = None) -> None:
        """Something may have changed at an EVSE, or anywhere."""
        for each in self._paths if evse_id is None else (evse_id,):
            self.look(each)

    def state(self, evse_id: int) -> ChargingState | None:
        """Where charging stands at an EVSE; None where there is no transaction."""
        session = self._sessions.at(evse_id)
        if session.transaction is None:
            return None
        return self._paths[evse_id].state(connected=session.facts.connected, withheld=session.withheld)

    def authorize(
        self,
        session: ChargingSession,
        token: Token,
        info: TokenInfo,
        remote_start_id: int | None = None,
        reservation_id: int | None = None,
    ) -> None:
        """Somebody may charge: this visit is authorized. E01.FR.03, E02.FR.01, E03.FR.01"""
        authorization = Authorization(token, info.group, remote_start_id, info.evse_ids, reservation_id)
        session.authorization = authorization
        if session.transaction is None or session.owner is None:
            session.owner = authorization
        if session.transaction is not None:
            session.transaction.token_due = token
            session.transaction.remote_start_due = remote_start_id
            session.transaction.stop_reason = None
        self._transactions.change(session, authorized=True)
        self._secure(session)
        self._transactions.step(session, Trigger.AUTHORIZED if remote_start_id is None else Trigger.REMOTE_START)
        self._await_cable(session)
        self._settle(session)

    def stop(self, session: ChargingSession, trigger: Trigger, reason: StopReason, token: Token | None = None) -> None:
        """Somebody may charge no more, because he or the CSMS wants it. E07, F03, C16"""
        never_authorized = session.authorization is None
        session.keyholder = None
        self._transactions.end_authorization(
            session,
            trigger,
            reason,
            token=token,
            # F03.FR.03: what was never authorized cannot lose its authorization, and ends all the same.
            force_end=never_authorized and ends_with_authorization(self._settings().stop),
        )
        self._timers.cancel(_connection_timer(session))
        self._settle(session)

    def end(self, session: ChargingSession, trigger: Trigger, reason: StopReason) -> None:
        """The transaction ends now, whatever its stop points are."""
        assert session.transaction is not None
        session.transaction.stop_reason = reason
        self._transactions.step(session, trigger, force_end=True)
        self._settle(session)

    def judged(self, transaction_id: str, token: Token, info: TokenInfo) -> None:
        """The CSMS has looked at the token of a transaction: whose it is, and whether it is good. E05, C15"""
        session = self._sessions.with_transaction(transaction_id)
        if session is None or session.authorization is None or not session.authorization.covers(token):
            return
        if info.accepted:
            session.authorization = msgspec.structs.replace(session.authorization, group=info.group)
            self._sessions.save(session)
            return
        if self._settings().stop_on_invalid:
            self._deauthorize(session)
        else:
            self._limit_energy(session)
        self._settle(session)

    def unlock(self, session: ChargingSession) -> None:
        """The cable may go: its owner has come for it, or the CSMS wants it so. E05.FR.11, E09.FR.03, E10.FR.01"""
        session.keyholder = None
        self._sessions.save(session)
        assert session.evse_id is not None
        self._paths[session.evse_id].release()

    def recover(self, reason: StopReason) -> None:
        """The station has started: what was going on before is over. The cable stays locked for its owner."""
        for session in list(self._sessions):
            if session.evse_id is not None:
                path = self._paths[session.evse_id]
                path.halt()
                session.keyholder = (session.keyholder or session.authorization) if path.locked else None
                self._transactions.change(
                    session, connected=session.facts.connected and path.connected(session.connector_id)
                )
            self._transactions.change(session, authorized=False, energy_flows=False, signed=False)
            session.authorization = None
            session.withheld = False
            session.points = points_of(session.facts)
            if session.transaction is None:
                session.owner = None
                self._sessions.save(session)
            else:
                self.end(session, Trigger.ABNORMAL_CONDITION, reason)
        self.look_around()

    # One fact after the other

    def _look_at_bay(self, evse_id: int, *, occupied: bool) -> None:
        """See an EV that has arrived, or one that has left."""
        session = self._sessions.at(evse_id)
        bay = self._hardware.evses[evse_id].bay
        if bay is None or bay.occupied is not occupied or session.facts.bay_occupied is occupied:
            return
        self._transactions.change(session, bay_occupied=occupied)
        self._transactions.step(session, Trigger.EV_DETECTED if occupied else Trigger.EV_DEPARTED)

    def _look_for_fault(self, evse_id: int) -> None:
        session = self._sessions.at(evse_id)
        if session.connector_id is None or not self._hardware.evses[evse_id].connectors[session.connector_id].faulted:
            return
        if session.transaction is not None:
            self.end(session, Trigger.ABNORMAL_CONDITION, StopReason.OTHER)  # E06.FR.16

    def _look_at_cable(self, evse_id: int) -> None:
        session = self._sessions.at(evse_id)
        path = self._paths[evse_id]
        if session.keyholder is not None and path.occupied_connector() is None:
            session.keyholder = None
            self._sessions.save(session)
        if session.facts.connected and not path.connected(session.connector_id):
            self._plugged_out(session, path)
        # E01.FR.14: another connector of the EVSE counts only when the one in use is free.
        connector_id = path.occupied_connector()
        if not session.facts.connected and path.connected(connector_id) and self._serves(evse_id, connector_id):
            self._plugged_in(self._take_waiting(session), connector_id)

    def _serves(self, evse_id: int, connector_id: int | None) -> bool:
        """Whether a plug counts. One that was pushed in too early counts as soon as it can be served."""
        return self._in_service() and self._connectors.usable(Place(evse_id, connector_id))

    def _take_waiting(self, session: ChargingSession) -> ChargingSession:
        """Who identified himself before he plugged in is the one who plugs in here. E03"""
        assert session.evse_id is not None
        allowed = (
            w for w in self._sessions.waiting if w.authorization and w.authorization.allows(session.evse_id or 0)
        )
        waiting = next(allowed, None)
        if waiting is None or not session.vacant:
            return session
        self._timers.cancel(_connection_timer(waiting))
        self._transactions.change(waiting, bay_occupied=session.facts.bay_occupied)
        waiting.points = points_of(waiting.facts)
        self._sessions.seat(waiting, session.evse_id)
        self._transactions.placed(waiting)
        return waiting

    def _plugged_in(self, session: ChargingSession, connector_id: int | None) -> None:
        session.connector_id = connector_id
        if session.authorization is not None:
            session.keyholder = None  # his transaction goes on
        self._timers.cancel(_connection_timer(session))
        self._transactions.change(session, connected=True)
        self._secure(session)
        self._transactions.step(session, Trigger.CABLE_PLUGGED_IN)
        if session.authorization is None and not self._needs_authorization():
            self.authorize(session, NOBODY, TokenInfo())  # AuthCtrlr.Enabled

    def _secure(self, session: ChargingSession) -> None:
        """Lock the cable before a transaction begins by it: without a lock the power path is not closed. G05.FR.01"""
        if Point.POWER_PATH_CLOSED not in self._settings().start or session.authorization is None:
            return
        if not session.facts.connected or session.evse_id is None or session.connector_id is None:
            return
        secured = self._paths[session.evse_id].secure(session.connector_id)
        self._transactions.change(session, secured=secured)
        if not secured:
            self._lock_failed(Place(session.evse_id, session.connector_id))

    def _look_at_lock(self, session: ChargingSession) -> None:
        """A lock that did not lock is tried again."""
        if session.facts.secured:
            return
        self._secure(session)
        if session.facts.secured:
            self._transactions.step(session, Trigger.CABLE_PLUGGED_IN)

    def _plugged_out(self, session: ChargingSession, path: PowerPath) -> None:
        settings = self._settings()
        path.halt()
        keeps = session.transaction is not None and not settings.stop_on_ev_side_disconnect
        if settings.unlock_on_ev_side_disconnect and not keeps:  # 1.6, 4.10: else it stays locked in any case
            path.release()  # E09.FR.02
        elif path.locked:
            session.keyholder = session.authorization  # E09.FR.03, E10.FR.01
        if not keeps:
            session.authorization = (
                None  # E09.FR.01; erratum 2.17: pulling the plug is the end without a transaction too
            )
        self._transactions.change(
            session, connected=False, secured=True, energy_flows=False, authorized=session.authorization is not None
        )
        self._transactions.step(session, Trigger.EV_COMMUNICATION_LOST)
        self._await_cable(session)

    # Energy

    def _settle(self, session: ChargingSession) -> None:
        """After a step: energy flows or not as the visit is now, and everybody sees it."""
        if session.evse_id is not None:
            self._drive(session, self._paths[session.evse_id])
            self._transactions.follow(session)
            self._watch_energy(session, self._paths[session.evse_id])
        self._connectors.settled()
        self._admit()

    def _drive(self, session: ChargingSession, path: PowerPath) -> None:
        ready = session.authorization is not None and session.facts.connected and not session.withheld  # C01.FR.01
        if ready and session.transaction is None:
            self._retrieve_signature(session, path)
        # Energy without a transaction only in order to start one by it. E01.FR.06
        wanted = ready and (session.transaction is not None or Point.ENERGY_TRANSFER in self._settings().start)
        if not wanted:
            if path.delivering:
                path.halt()
        elif not path.delivering and session.connector_id is not None:
            self._deliver(path, Place(session.evse_id, session.connector_id))

    def _deliver(self, path: PowerPath, place: Place) -> None:
        assert place.connector_id is not None
        if path.deliver(place.connector_id):
            return
        self._lock_failed(place)

    def _lock_failed(self, place: Place) -> None:
        for listener in self.on_lock_failure:
            listener(place)  # G05.FR.02

    def _retrieve_signature(self, session: ChargingSession, path: PowerPath) -> None:
        """E01.FR.04"""
        wanted = Point.DATA_SIGNED in self._settings().start and not session.facts.signed
        if wanted and path.evse.meter.sign("") is not None:
            self._transactions.change(session, signed=True)
            self._transactions.step(session, Trigger.SIGNED_DATA_RECEIVED)

    def _deauthorize(self, session: ChargingSession) -> None:
        """E05.FR.09, E05.FR.10, C15.FR.03, C15.FR.04. The cable stays locked for its owner (E05.FR.11, C15.FR.05)."""
        if session.evse_id is not None and self._paths[session.evse_id].locked:
            session.keyholder = session.authorization
        force_end = ends_by_invalid_token(self._settings().stop)
        self._transactions.end_authorization(
            session, Trigger.DEAUTHORIZED, StopReason.DEAUTHORIZED, force_end=force_end
        )
        self._timers.cancel(_connection_timer(session))

    def _limit_energy(self, session: ChargingSession) -> None:
        """E05.FR.02, E05.FR.03, C15.FR.06, C15.FR.07"""
        assert session.transaction is not None
        allowed = self._settings().max_energy_on_invalid
        start = session.transaction.register_at_start
        if allowed and session.evse_id is not None:
            register = self._paths[session.evse_id].evse.meter.read().energy_import
            session.energy_limit = (register if start is None else start) + allowed
            if register < session.energy_limit - _GRAIN:
                return
        self._withhold(session)

    def _withhold(self, session: ChargingSession) -> None:
        session.withheld = True
        session.energy_limit = None
        if session.transaction is not None:
            session.transaction.stop_reason = StopReason.DEAUTHORIZED  # in case that the end of the energy is the end
        self._settle(session)
        if session.transaction is not None:
            session.transaction.stop_reason = None
            self._sessions.save(session)

    def _watch_energy(self, session: ChargingSession, path: PowerPath) -> None:
        """Come back when the energy that is still allowed has flowed."""
        timer = f"energy limit of {session.key}"
        self._timers.cancel(timer)
        power = path.evse.meter.read().power
        if session.energy_limit is None or not power:
            return
        left = session.energy_limit - path.evse.meter.read().energy_import
        if left > _GRAIN:
            self._timers.set(timer, math.ceil(left / power * 3600.0 * 1000) / 1000, partial(self._settle, session))
        else:
            self._withhold(session)

    # Time and access

    def _await_cable(self, session: ChargingSession) -> None:
        """Whoever is authorized has only so long to plug in. C01.FR.26, E03.FR.05, E10.FR.02, F02.FR.07"""
        if session.authorization is None or session.facts.connected or self._holds_his_cable(session):
            return
        if session.transaction is not None and self._settings().waits_for_ever:
            return
        timeout = self._settings().connection_timeout
        self._timers.set(_connection_timer(session), timeout, partial(self._connection_timed_out, session))

    def _holds_his_cable(self, session: ChargingSession) -> bool:
        """E10.FR.01: a cable that he has charged through stays locked until he presents his token."""
        path = None if session.evse_id is None else self._paths[session.evse_id]
        return path is not None and path.locked and path.occupied_connector() is not None

    def _connection_timed_out(self, session: ChargingSession) -> None:
        force_end = ends_without_cable(self._settings().stop)
        self._transactions.end_authorization(
            session, Trigger.EV_CONNECT_TIMEOUT, StopReason.TIMEOUT, force_end=force_end
        )
        self._settle(session)

    def _admit(self) -> None:
        """Open the connectors to those who may plug in, where they are barred to others (AQ-2)."""
        somebody_waits = any(session.authorization for session in self._sessions.waiting)
        for evse_id, path in self._paths.items():
            session = self._sessions.at(evse_id)
            path.admit(session.authorization is not None or (somebody_waits and session.vacant))


def _connection_timer(session: ChargingSession) -> str:
    return f"connection timeout of {session.key}"
