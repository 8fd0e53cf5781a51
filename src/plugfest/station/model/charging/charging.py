"""Charging at the EVSEs: changes the charging sessions as the hardware, drivers and the CSMS require."""

from collections.abc import Callable, Mapping

from plugfest.hardware.ports import Hardware
from plugfest.station.model.authorization.tokens import NO_AUTHORIZATION_TOKEN, Token, TokenInfo
from plugfest.station.model.charging.cables import Cables
from plugfest.station.model.charging.charging_sessions import Authorization, ChargingSession, ChargingSessions
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout
from plugfest.station.model.charging.ending import Ending
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.locks import Locks
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.reservations import Reservations
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.events import ChargingState, StopReason, TriggerReason
from plugfest.station.model.transactions.transactions import Transactions


class Charging:
    """Changes charging sessions, and starts and stops energy accordingly.

    Events of the hardware carry no state: each leads to `update`, which compares the hardware with the session.
    """

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
        reservations: Reservations,
    ) -> None:
        self._hardware = hardware
        self._sessions = sessions
        self._paths = paths
        self._transactions = transactions
        self._connectors = connectors
        self._needs_authorization = needs_authorization
        self._reservations = reservations
        self._refused: frozenset[int] = frozenset()
        """EVSEs with a cable that may not charge without an authorization because the EVSE is reserved."""
        self.on_authorized: list[Callable[[ChargingSession, TokenInfo], None]] = []
        """Called when a driver has been authorized, before the transaction starts."""
        self._locks = Locks(sessions, paths, transactions, settings)
        self._energy = EnergyControl(
            sessions=sessions,
            paths=paths,
            transactions=transactions,
            connectors=connectors,
            locks=self._locks,
            timers=timers,
            settings=settings,
        )
        self._connection_timeout = ConnectionTimeout(
            paths=paths, transactions=transactions, energy=self._energy, timers=timers, settings=settings
        )
        self._cables = Cables(
            sessions=sessions,
            paths=paths,
            transactions=transactions,
            connectors=connectors,
            locks=self._locks,
            connection_timeout=self._connection_timeout,
            settings=settings,
            in_service=in_service,
            reservations=reservations,
        )
        self._ending = Ending(
            sessions=sessions,
            paths=paths,
            transactions=transactions,
            energy=self._energy,
            connection_timeout=self._connection_timeout,
            settings=settings,
        )

    @property
    def on_lock_failure(self) -> list[Callable[[Place], None]]:
        """Called with the connector whose retention lock did not engage. G05.FR.02"""
        return self._locks.on_failure

    # The hardware

    def update(self, evse_id: int | None = None) -> None:
        """Apply what has changed at an EVSE; at all EVSEs if `evse_id` is None."""
        for each in self._paths if evse_id is None else (evse_id,):
            self._update_evse(each)

    def charging_state(self, evse_id: int) -> ChargingState | None:
        """The charging state at an EVSE; None if it has no transaction."""
        session = self._sessions.at(evse_id)
        if session.transaction is None:
            return None
        return self._paths[evse_id].charging_state(
            connected=session.state.connected, energy_denied=session.energy_denied
        )

    def unlock(self, session: ChargingSession) -> None:
        """Release the cable, for its driver or the CSMS. E05.FR.11, E09.FR.03, E10.FR.01"""
        session.unlock_authorization = None
        self._sessions.save(session)
        assert session.evse_id is not None
        self._paths[session.evse_id].unlock_cable()

    def recover(self, reason: StopReason) -> None:
        """After a start: end what the restart interrupted, then apply the state of the hardware."""
        self._ending.end_interrupted(reason)
        self.update()

    # The authorization

    def authorize(
        self,
        session: ChargingSession,
        token: Token,
        info: TokenInfo,
        remote_start_id: int | None = None,
        reservation_id: int | None = None,
    ) -> None:
        """Authorize a session for a token that was accepted. E01.FR.03, E02.FR.01, E03.FR.01"""
        authorization = Authorization(
            token, info.group, remote_start_id, info.evse_ids, reservation_id, info.charging_priority
        )
        session.authorization = authorization
        if session.transaction is None or session.owner is None:
            session.owner = authorization
        if session.state.connected:
            session.unlock_authorization = None  # the driver before cannot unlock the cable any more
        if session.transaction is not None:
            session.transaction.unreported_token = token
            session.transaction.unreported_remote_start_id = remote_start_id
            session.transaction.unreported_reservation_id = reservation_id
            session.transaction.stop_reason = None
        self._transactions.set_state(session, authorized=True)
        for listener in self.on_authorized:
            listener(session, info)
        self._locks.lock_before_start(session)
        self._transactions.step(
            session, TriggerReason.AUTHORIZED if remote_start_id is None else TriggerReason.REMOTE_START
        )
        self._connection_timeout.start(session)
        self._energy.update(session)

    def end_authorization(
        self, session: ChargingSession, trigger: TriggerReason, reason: StopReason, token: Token | None = None
    ) -> None:
        """End the authorization, as the driver or the CSMS requests. E07, F03, C16"""
        self._ending.end_authorization(session, trigger, reason, token)

    def end_transaction(self, session: ChargingSession, trigger: TriggerReason, reason: StopReason) -> None:
        """End the transaction now, whatever TxStopPoint is."""
        self._ending.end_transaction(session, trigger, reason)

    def apply_token_info(self, transaction_id: str, token: Token, info: TokenInfo) -> None:
        """Apply the idTokenInfo that the CSMS sent for the token of a transaction. E05, C15"""
        self._ending.apply_token_info(transaction_id, token, info)

    def _update_evse(self, evse_id: int) -> None:
        self._paths[evse_id].read_meter()  # energy that is not measured must not flow
        self._paths[evse_id].update_contactor()
        self._connectors.refresh()
        self._update_bay(evse_id, occupied=True)
        self._end_at_fault(evse_id)
        self._update_cable(evse_id)
        self._locks.retry(self._sessions.at(evse_id))
        self._update_bay(evse_id, occupied=False)  # an EV leaves the bay only after it is unplugged
        self._energy.update(self._sessions.at(evse_id))

    def _update_bay(self, evse_id: int, *, occupied: bool) -> None:
        """Report an EV that has arrived, or one that has left."""
        session = self._sessions.at(evse_id)
        bay = self._hardware.evses[evse_id].bay
        if bay is None or bay.occupied is not occupied or session.state.bay_occupied is occupied:
            return
        self._transactions.set_state(session, bay_occupied=occupied)
        self._transactions.step(session, TriggerReason.EV_DETECTED if occupied else TriggerReason.EV_DEPARTED)

    def _end_at_fault(self, evse_id: int) -> None:
        session = self._sessions.at(evse_id)
        if session.connector_id is None or not self._connectors.faulted(Place(evse_id, session.connector_id)):
            return
        if session.transaction is not None:
            self.end_transaction(session, TriggerReason.ABNORMAL_CONDITION, StopReason.OTHER)  # E06.FR.16

    def _update_cable(self, evse_id: int) -> None:
        plugged_in = self._cables.update(evse_id)
        session = self._sessions.at(evse_id)
        waits = session.state.connected and (plugged_in or evse_id in self._refused)
        self._refused -= {evse_id}
        if waits and session.authorization is None and not self._needs_authorization():
            self._start_without_authorization(session, evse_id)

    def _start_without_authorization(self, session: ChargingSession, evse_id: int) -> None:
        """AuthCtrlr.Enabled is false. A reserved EVSE waits for its driver, or for the end of the reservation."""
        if self._reservations.is_reserved(evse_id):
            self._refused |= {evse_id}
        else:
            self.authorize(session, NO_AUTHORIZATION_TOKEN, TokenInfo())
