"""The retention locks, which hold cables, and the access locks, which keep unauthorized drivers from plugging in."""

from collections.abc import Callable, Mapping

from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.transactions.events import TriggerReason
from plugfest.station.model.transactions.points import Point
from plugfest.station.model.transactions.transactions import Transactions


class Locks:
    """Engages and releases the locks as the charging sessions require."""

    def __init__(
        self,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self.on_failure: list[Callable[[Place], None]] = []
        """Called with the connector whose retention lock did not engage. G05.FR.02"""
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._settings = settings

    def lock_before_start(self, session: ChargingSession) -> None:
        """Lock the cable where TxStartPoint is PowerPathClosed: unlocked, it does not start a transaction. G05.FR.01"""
        if Point.POWER_PATH_CLOSED not in self._settings().start or session.authorization is None:
            return
        if not session.state.connected or session.evse_id is None or session.connector_id is None:
            return
        locked = self._paths[session.evse_id].lock_cable(session.connector_id)
        self._transactions.set_state(session, secured=locked)
        if not locked:
            self.report_failure(Place(session.evse_id, session.connector_id))

    def retry(self, session: ChargingSession) -> None:
        """Try again to lock a cable that `lock_before_start` could not lock."""
        if session.state.secured:
            return
        self.lock_before_start(session)
        if session.state.secured:
            self._transactions.step(session, TriggerReason.CABLE_PLUGGED_IN)

    def report_failure(self, place: Place) -> None:
        """Call the listeners of `on_failure`."""
        for listener in self.on_failure:
            listener(place)

    def update_access(self) -> None:
        """Release the access locks where an authorized driver may plug in, and engage all others (AQ-2)."""
        driver_waits = any(session.authorization for session in self._sessions.waiting)
        for evse_id, path in self._paths.items():
            session = self._sessions.at(evse_id)
            path.allow_access(session.authorization is not None or (driver_waits and session.unused))
