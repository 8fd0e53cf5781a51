"""The transactions of a station: every step of a visit starts, goes on with or ends one, as the device model says.

A step is one thing that happened. The facts of the visit are changed first, then `step` looks which start and stop
points began or ceased to hold by it (`points`), and at most one event is told.
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
    """Moves visits on."""

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
        self._on_place: list[Callable[[ChargingSession, Transaction], None]] = []
        self._on_end: list[Callable[[ChargingSession, Transaction], None]] = []

    def on_start(self, listener: Callable[[ChargingSession, Transaction], None]) -> None:
        """Hear of each transaction that starts, and again when one that started without an EVSE finds its own."""
        self._on_place.append(listener)

    def on_end(self, listener: Callable[[ChargingSession, Transaction], None]) -> None:
        self._on_end.append(listener)

    def ongoing(self, evse_id: int | None = None) -> Iterator[ChargingSession]:
        """The visits that have a transaction: all, or the one at an EVSE."""
        return (v for v in self._sessions if v.transaction is not None and evse_id in (None, v.evse_id))

    def step(
        self,
        session: ChargingSession,
        trigger: TriggerReason,
        *,
        force_end: bool = False,
        samples: tuple[Sample, ...] = (),
    ) -> EventType | None:
        """Something happened, and the facts of the visit say so already. None: there is no transaction to tell of it.

        `force_end`: whatever the stop points are, this ends the transaction.
        """
        settings = self._settings()
        before, now = session.points, points_of(session.state)
        session.points = now
        if session.transaction is None:
            if not starts(before, now, settings.start):
                session.owner = session.authorization  # who left without a transaction owns none
                self._sessions.save(session)
                return None
            return self._start(session, trigger)
        if force_end or ends(before, now, settings.stop) or is_abandoned(session.state):
            return self._end(session, trigger)
        self._event_recorder.record(session, self._path(session), EventType.UPDATED, trigger, samples)
        return EventType.UPDATED

    def report_state(self, session: ChargingSession) -> None:
        """Tell of energy that began or ceased to flow, and of a charging state that became another."""
        path = self._path(session)
        if path is None:
            return
        flowed = session.state.energy_flows
        self.set_state(session, energy_flows=path.energy_flows)
        known = session.transaction.reported_state if session.transaction is not None else None
        if flowed != session.state.energy_flows or (
            known is not None and known != self._event_recorder.charging_state(session, path)
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
        """Nobody may take energy any more. The transaction ends by it, or goes on without (E06.FR.03, E07.FR.02)."""
        session.authorization = None
        session.energy_denied = False
        session.energy_limit = None
        self.set_state(session, authorized=False)
        if session.transaction is not None:
            session.transaction.stop_reason = reason
            session.transaction.unreported_token = token
        if trigger is TriggerReason.DEAUTHORIZED:
            self._halt(session)  # E05.FR.09: the same event says that no energy flows
        if self.step(session, trigger, force_end=force_end) is not EventType.ENDED:
            self._stop_delivery(session)

    def notify_start(self, session: ChargingSession) -> None:
        """The visit has a transaction, and this is where."""
        if session.transaction is not None:
            for listener in self._on_place:
                listener(session, session.transaction)

    def set_state(self, session: ChargingSession, **facts: bool) -> None:
        """Note facts of a visit."""
        session.state = msgspec.structs.replace(session.state, **facts)

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
        self._halt(session)
        with self._sessions.atomic():  # a transaction that is kept is one that goes on, and would end twice
            self._event_recorder.record(session, self._path(session), EventType.ENDED, trigger)
            session.transaction = None
            # Erratum 2.17: the end of the transaction is the end of the authorization.
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

    def _halt(self, session: ChargingSession) -> None:
        path = self._path(session)
        if path is not None:
            path.stop()
        self.set_state(session, energy_flows=False)

    def _path(self, session: ChargingSession) -> PowerPath | None:
        return None if session.evse_id is None else self._paths[session.evse_id]
