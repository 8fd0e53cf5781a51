"""The time in which an authorized driver has to plug in (TxCtrlr.EVConnectionTimeOut)."""

from collections.abc import Callable, Mapping
from functools import partial

from plugfest.station.model.charging.charging_sessions import ChargingSession
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import StopReason, TriggerReason
from plugfest.station.model.transactions.points import ends_without_cable
from plugfest.station.model.transactions.transactions import Transactions


class ConnectionTimeout:
    """Ends the authorization of a driver who does not plug in in time."""

    def __init__(
        self,
        *,
        paths: Mapping[int, PowerPath],
        transactions: Transactions,
        energy: EnergyControl,
        timers: Timers,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self._paths = paths
        self._transactions = transactions
        self._energy = energy
        self._timers = timers
        self._settings = settings

    def start(self, session: ChargingSession) -> None:
        """Start the timeout if the session waits for a cable. C01.FR.26, E03.FR.05, E10.FR.02, F02.FR.07"""
        if session.authorization is None or session.state.connected or self._holds_cable(session):
            return
        if session.transaction is not None and self._settings().waits_indefinitely:
            return
        self._timers.set(_timer(session), self._settings().connection_timeout, partial(self._expire, session))

    def cancel(self, session: ChargingSession) -> None:
        self._timers.cancel(_timer(session))

    def _holds_cable(self, session: ChargingSession) -> bool:
        """E10.FR.01: the cable of a transaction stays locked until the driver presents their token.

        Not that of a transaction before: then the driver has to connect the EV in time (E03.FR.05, F02.FR.07).
        """
        if session.evse_id is None or session.transaction is None or session.transaction.evse_unreported:
            return False
        path = self._paths[session.evse_id]
        return path.locked and path.occupied_connector() is not None

    def _expire(self, session: ChargingSession) -> None:
        force_end = ends_without_cable(self._settings().stop)
        self._transactions.end_authorization(
            session, TriggerReason.EV_CONNECT_TIMEOUT, StopReason.TIMEOUT, force_end=force_end
        )
        self._energy.update(session)


def _timer(session: ChargingSession) -> str:
    return f"connection timeout of {session.key}"
