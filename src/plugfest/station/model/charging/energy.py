"""Starts and stops the energy of charging sessions, and limits it."""

import math
from collections.abc import Callable, Mapping
from functools import partial

from plugfest.hardware.readings import signed_reading_of
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions
from plugfest.station.model.charging.locks import Locks
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.points import Point
from plugfest.station.model.transactions.transactions import Transactions

_TOLERANCE = 0.01
"""Wh by which an energy limit may be missed."""


class EnergyControl:
    """Starts and stops the delivery of energy as the charging sessions require."""

    def __init__(
        self,
        *,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        connectors: Connectors,
        locks: Locks,
        timers: Timers,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._connectors = connectors
        self._locks = locks
        self._timers = timers
        self._settings = settings

    def update(self, session: ChargingSession) -> None:
        """End a step: start or stop energy, report the charging state, update connectors and access locks."""
        if session.evse_id is not None:
            path = self._paths[session.evse_id]
            self._start_or_stop(session, path)
            self._transactions.report_state(session)
            self._watch_limit(session, path)
        self._connectors.complete_update()
        self._locks.update_access()

    def limit(self, session: ChargingSession) -> None:
        """Allow MaxEnergyOnInvalidId after an invalid token, then none. E05.FR.02, E05.FR.03, C15.FR.06, C15.FR.07"""
        assert session.transaction is not None
        allowed = self._settings().max_energy_on_invalid
        start = session.transaction.register_at_start
        if allowed and session.evse_id is not None:
            reading = self._paths[session.evse_id].read_meter()
            if reading is not None:
                session.energy_limit = (reading.energy_import if start is None else start) + allowed
                if reading.energy_import < session.energy_limit - _TOLERANCE:
                    return
        self._deny(session)

    def _start_or_stop(self, session: ChargingSession, path: PowerPath) -> None:
        ready = session.authorization is not None and session.state.connected and not session.energy_denied  # C01.FR.01
        if ready and session.transaction is None:
            self._retrieve_signature(session, path)
        # Without a transaction energy flows only to start one: TxStartPoint EnergyTransfer. E01.FR.06
        required = ready and (session.transaction is not None or Point.ENERGY_TRANSFER in self._settings().start)
        if not required:
            if path.delivering:
                path.stop()
        elif not path.delivering and session.connector_id is not None and not path.deliver(session.connector_id):
            self._locks.report_failure(Place(session.evse_id, session.connector_id))

    def _retrieve_signature(self, session: ChargingSession, path: PowerPath) -> None:
        """Read a signed meter value where TxStartPoint is DataSigned. E01.FR.04"""
        required = Point.DATA_SIGNED in self._settings().start and not session.state.signed
        if required and signed_reading_of(path.evse.meter, "") is not None:
            self._transactions.set_state(session, signed=True)
            self._transactions.step(session, TriggerReason.SIGNED_DATA_RECEIVED)

    def _deny(self, session: ChargingSession) -> None:
        session.energy_denied = True
        session.energy_limit = None
        if session.transaction is not None:
            session.transaction.stop_reason = StopReason.DEAUTHORIZED  # in case TxStopPoint EnergyTransfer ends it
        self.update(session)
        if session.transaction is not None:
            session.transaction.stop_reason = None
            self._sessions.save(session)

    def _watch_limit(self, session: ChargingSession, path: PowerPath) -> None:
        """Call `update` again when the energy limit is reached."""
        timer = f"energy limit of {session.key}"
        self._timers.cancel(timer)
        reading = path.read_meter()
        if session.energy_limit is None or reading is None or not reading.power:
            return
        remaining = session.energy_limit - reading.energy_import
        if remaining > _TOLERANCE:
            self._timers.set(
                timer, math.ceil(remaining / reading.power * 3600.0 * 1000) / 1000, partial(self.update, session)
            )
        else:
            self._deny(session)
