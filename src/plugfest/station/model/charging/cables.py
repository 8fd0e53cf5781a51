"""Applies to a charging session that a cable was plugged in or unplugged."""

from collections.abc import Callable, Mapping

from plugfest.station.model.charging.charging_sessions import Authorization, ChargingSession, ChargingSessions
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.locks import Locks
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.transactions.events import TriggerReason
from plugfest.station.model.transactions.points import points_of
from plugfest.station.model.transactions.transactions import Transactions


class Cables:
    """Compares the plugs of an EVSE with its charging session."""

    def __init__(
        self,
        *,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        connectors: Connectors,
        locks: Locks,
        connection_timeout: ConnectionTimeout,
        settings: Callable[[], ChargingSettings],
        in_service: Callable[[], bool],
        reservations: Reservations,
    ) -> None:
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._connectors = connectors
        self._locks = locks
        self._connection_timeout = connection_timeout
        self._settings = settings
        self._in_service = in_service
        self._reservations = reservations

    def update(self, evse_id: int) -> bool:
        """Apply a cable that was plugged in or unplugged. Returns whether an EV was connected."""
        session = self._sessions.at(evse_id)
        path = self._paths[evse_id]
        if session.unlock_authorization is not None and path.occupied_connector() is None:
            session.unlock_authorization = None
            self._sessions.save(session)
        if session.state.connected and not path.connected(session.connector_id):
            self._unplugged(session, path)
        # E01.FR.14: another connector of the EVSE counts only while none is in use.
        connector_id = path.occupied_connector()
        if session.state.connected or not path.connected(connector_id) or not self._usable(evse_id, connector_id):
            return False
        self._plugged_in(self._take_waiting(session), connector_id)
        return True

    def _usable(self, evse_id: int, connector_id: int | None) -> bool:
        """Whether a plugged-in cable counts. If not, it counts as soon as the connector can be used."""
        return self._in_service() and self._connectors.usable(Place(evse_id, connector_id))

    def _take_waiting(self, session: ChargingSession) -> ChargingSession:
        """Move the first waiting session that may charge here to this EVSE. E03"""
        assert session.evse_id is not None
        allowed = (
            each
            for each in self._sessions.waiting
            if each.authorization is not None and self._may_charge(session.evse_id, each.authorization)
        )
        waiting = next(allowed, None)
        if waiting is None or not session.unused:
            return session
        self._connection_timeout.cancel(waiting)
        self._transactions.set_state(waiting, bay_occupied=session.state.bay_occupied)
        waiting.points = points_of(waiting.state)
        self._sessions.assign_evse(waiting, session.evse_id)
        self._transactions.notify_start(waiting)
        return waiting

    def _may_charge(self, evse_id: int, authorization: Authorization) -> bool:
        reserved = not self._reservations.allows(evse_id, authorization.token, authorization.group)
        return authorization.allows(evse_id) and not reserved

    def _plugged_in(self, session: ChargingSession, connector_id: int | None) -> None:
        session.connector_id = connector_id
        if session.authorization is not None:
            session.unlock_authorization = None  # the transaction goes on
        self._connection_timeout.cancel(session)
        self._transactions.set_state(session, connected=True)
        self._locks.lock_before_start(session)
        self._transactions.step(session, TriggerReason.CABLE_PLUGGED_IN)

    def _unplugged(self, session: ChargingSession, path: PowerPath) -> None:
        settings = self._settings()
        path.stop()
        goes_on = session.transaction is not None and not settings.stop_on_ev_side_disconnect
        if settings.unlock_on_ev_side_disconnect and not goes_on:  # 1.6, 4.10: otherwise it stays locked
            path.unlock_cable()  # E09.FR.02
        elif path.locked:
            session.unlock_authorization = session.authorization  # E09.FR.03, E10.FR.01
        if not goes_on:
            # E09.FR.01; erratum 2.17: unplugging ends the authorization, also without a transaction.
            session.authorization = None
        self._transactions.set_state(
            session, connected=False, secured=True, energy_flows=False, authorized=session.authorization is not None
        )
        self._transactions.step(session, TriggerReason.EV_COMMUNICATION_LOST)
        self._connection_timeout.start(session)
