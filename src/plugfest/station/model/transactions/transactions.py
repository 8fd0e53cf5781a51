"""The transactions of a station: each step of a charging session may start, update or end one.

A step is one event. The state of the session is changed first. Then `step` compares the start and stop
points that hold (`points`) with those before, and reports at most one event.
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession, ChargingSessions, Transaction
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.metering.measurands import Sample
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.events import EventType, StopReason, TriggerReason
from plugfest.station.model.transactions.points import ends, is_abandoned, points_of, starts


class Transactions:
    """Starts, updates and ends the transactions of charging sessions."""

    def __init__(
        self,
        sessions: ChargingSessions,
        paths: Mapping[int, PowerPath],
        event_recorder: TransactionEventRecorder,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self._sessions = sessions
        self._paths = paths
        self._event_recorder = event_recorder
        self._settings = settings
        self._on_start: tuple[Callable[[ChargingSession, Transaction], None], ...] = ()
        self._on_end: tuple[Callable[[ChargingSession, Transaction], None], ...] = ()

    def on_start(self, listener: Callable[[ChargingSession, Transaction], None]) -> None:
        """Call `listener` when a transaction starts, and again when one without an EVSE gets one."""
        self._on_start += (listener,)

    def on_end(self, listener: Callable[[ChargingSession, Transaction], None]) -> None:
        self._on_end += (listener,)

    def ongoing(self, evse_id: int | None = None) -> Iterator[ChargingSession]:
        """The sessions with a transaction: all, or the one at an EVSE."""
        return (each for each in self._sessions if each.transaction is not None and evse_id in (None, each.evse_id))

    def step(
        self,
        session: ChargingSession,
        trigger: TriggerReason,
        *,
        force_end: bool = False,
        samples: tuple[Sample, ...] = (),
    ) -> EventType | None:
        """Report a step whose changes are in the session's state already. None: there is no transaction.

        `force_end`: end the transaction, whatever TxStopPoint is.
        """
        settings = self._settings()
        before, now = session.points, points_of(session.state)
        session.points = now
        if session.transaction is None:
            if not starts(before, now, settings.start):
                session.owner = session.authorization  # without a transaction an ended authorization owns nothing
                self._sessions.save(session)
                return None
            return self._start(session, trigger)
        if force_end or ends(before, now, settings.stop) or is_abandoned(session.state):
            return self._end(session, trigger)
        self._event_recorder.record(session, self._path(session), EventType.UPDATED, trigger, samples)
        return EventType.UPDATED

    def report_state(self, session: ChargingSession) -> None:
        """Report that energy flow has started or stopped, or that the charging state has changed."""
        path = self._path(session)
        if path is None:
            return
        energy_flowed = session.state.energy_flows
        self.set_state(session, energy_flows=path.energy_flows)
        reported = session.transaction.reported_state if session.transaction is not None else None
        if energy_flowed != session.state.energy_flows or (
            reported is not None and reported != self._event_recorder.charging_state(session, path)
        ):
            self.step(session, TriggerReason.CHARGING_STATE_CHANGED)

    def end_authorization(
        self,
        session: ChargingSession,
        trigger: TriggerReason,
        reason: StopReason,
        *,
        token: Token | None = None,
        force_end: bool = False,
    ) -> None:
        """Stop the energy. The transaction ends, or goes on without authorization (E06.FR.03, E07.FR.02)."""
        session.authorization = None
        session.energy_denied = False
        session.energy_limit = None
        self.set_state(session, authorized=False)
        if session.transaction is not None:
            session.transaction.stop_reason = reason
            session.transaction.unreported_token = token
        if trigger is TriggerReason.DEAUTHORIZED or reason is StopReason.STOPPED_BY_EV:
            self._stop_energy(session)  # E05.FR.09, E15: the same event reports that no energy flows
        if self.step(session, trigger, force_end=force_end) is not EventType.ENDED:
            self._stop_delivery(session)

    def notify_start(self, session: ChargingSession) -> None:
        """Call the listeners of `on_start` if the session has a transaction."""
        if session.transaction is not None:
            for listener in self._on_start:
                listener(session, session.transaction)

    def set_state(self, session: ChargingSession, **conditions: bool) -> None:
        """Change fields of the session's state."""
        session.state = msgspec.structs.replace(session.state, **conditions)

    def _stop_delivery(self, session: ChargingSession) -> None:
        path = self._path(session)
        if path is None:
            return
        path.stop()
        self.report_state(session)
        if session.unlock_authorization is None:
            path.unlock_cable()  # E06.FR.10, E07.FR.07

    def _start(self, session: ChargingSession, trigger: TriggerReason) -> EventType:
        self._event_recorder.begin(session)
        self.notify_start(session)
        self._event_recorder.record(session, self._path(session), EventType.STARTED, trigger)
        return EventType.STARTED

    def _end(self, session: ChargingSession, trigger: TriggerReason) -> EventType:
        transaction = session.transaction
        assert transaction is not None
        self._stop_energy(session)
        with self._sessions.atomic():  # a transaction left in the store would end again after a restart
            self._event_recorder.record(session, self._path(session), EventType.ENDED, trigger)
            session.transaction = None
            # Erratum 2.17: the end of the transaction ends the authorization.
            session.authorization = session.owner = session.energy_limit = None
            session.energy_denied = False
            self.set_state(session, authorized=False, signed=False)
            session.points = points_of(session.state)
            self._sessions.save(session)
        path = self._path(session)
        if path is not None and session.unlock_authorization is None:
            path.unlock_cable()  # E06.FR.10
        for listener in self._on_end:
            listener(session, transaction)
        return EventType.ENDED

    def _stop_energy(self, session: ChargingSession) -> None:
        path = self._path(session)
        if path is not None:
            path.stop()
        self.set_state(session, energy_flows=False)

    def _path(self, session: ChargingSession) -> PowerPath | None:
        return None if session.evse_id is None else self._paths[session.evse_id]
