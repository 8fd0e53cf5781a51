"""The transactions of a station: every step of a visit starts, goes on with or ends one, as the device model says.

A step is one thing that happened. The facts of the visit are changed first, then `step` looks which start and stop
points began or ceased to hold by it (`points`), and at most one event is told.
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from plugfest.station.model.events import Kind, StopReason, Trigger
from plugfest.station.model.metering import Sample
from plugfest.station.model.points import ends, is_deserted, points_of, starts
from plugfest.station.model.power_path import PowerPath
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.teller import Teller
from plugfest.station.model.tokens import Token
from plugfest.station.model.visit import Transaction, Visit
from plugfest.station.model.visits import Visits


class Transactions:
    """Moves visits on."""

    def __init__(
        self,
        visits: Visits,
        paths: Mapping[int, PowerPath],
        teller: Teller,
        settings: Callable[[], ChargingSettings],
    ) -> None:
        self._visits = visits
        self._paths = paths
        self._teller = teller
        self._settings = settings
        self._on_place: list[Callable[[Visit, Transaction], None]] = []
        self._on_end: list[Callable[[Visit, Transaction], None]] = []

    def on_place(self, listener: Callable[[Visit, Transaction], None]) -> None:
        """Hear of each transaction that starts, and again when one that started without an EVSE finds its own."""
        self._on_place.append(listener)

    def on_end(self, listener: Callable[[Visit, Transaction], None]) -> None:
        self._on_end.append(listener)

    def ongoing(self, evse_id: int | None = None) -> Iterator[Visit]:
        """The visits that have a transaction: all, or the one at an EVSE."""
        return (v for v in self._visits if v.transaction is not None and evse_id in (None, v.evse_id))

    def step(
        self, visit: Visit, trigger: Trigger, *, force_end: bool = False, samples: tuple[Sample, ...] = ()
    ) -> Kind | None:
        """Something happened, and the facts of the visit say so already. None: there is no transaction to tell of it.

        `force_end`: whatever the stop points are, this ends the transaction.
        """
        settings = self._settings()
        before, now = visit.points, points_of(visit.facts)
        visit.points = now
        if visit.transaction is None:
            if not starts(before, now, settings.start):
                visit.owner = visit.authorization  # who left without a transaction owns none
                self._visits.save(visit)
                return None
            return self._start(visit, trigger)
        if force_end or ends(before, now, settings.stop) or is_deserted(visit.facts):
            return self._end(visit, trigger)
        self._teller.tell(visit, self._path(visit), Kind.UPDATED, trigger, samples)
        return Kind.UPDATED

    def follow(self, visit: Visit) -> None:
        """Tell of energy that began or ceased to flow, and of a charging state that became another."""
        path = self._path(visit)
        if path is None:
            return
        flowed = visit.facts.energy_flows
        self.change(visit, energy_flows=path.energy_flows)
        known = visit.transaction.reported_state if visit.transaction is not None else None
        if flowed != visit.facts.energy_flows or (known is not None and known != self._teller.state(visit, path)):
            self.step(visit, Trigger.CHARGING_STATE_CHANGED)

    def end_authorization(
        self,
        visit: Visit,
        trigger: Trigger,
        reason: StopReason,
        *,
        token: Token | None = None,
        force_end: bool = False,
    ) -> None:
        """Nobody may take energy any more. The transaction ends by it, or goes on without (E06.FR.03, E07.FR.02)."""
        visit.authorization = None
        visit.withheld = False
        visit.energy_limit = None
        self.change(visit, authorized=False)
        if visit.transaction is not None:
            visit.transaction.stop_reason = reason
            visit.transaction.token_due = token
        if trigger is Trigger.DEAUTHORIZED:
            self._halt(visit)  # E05.FR.09: the same event says that no energy flows
        if self.step(visit, trigger, force_end=force_end) is not Kind.ENDED:
            self._stop_delivery(visit)

    def placed(self, visit: Visit) -> None:
        """The visit has a transaction, and this is where."""
        if visit.transaction is not None:
            for listener in self._on_place:
                listener(visit, visit.transaction)

    def change(self, visit: Visit, **facts: bool) -> None:
        """Note facts of a visit."""
        visit.facts = msgspec.structs.replace(visit.facts, **facts)

    def _stop_delivery(self, visit: Visit) -> None:
        path = self._path(visit)
        if path is None:
            return
        path.halt()
        self.follow(visit)
        if visit.keyholder is None:
            path.release()  # E06.FR.10, E07.FR.07

    def _start(self, visit: Visit, trigger: Trigger) -> Kind:
        self._teller.begin(visit)
        self.placed(visit)
        self._teller.tell(visit, self._path(visit), Kind.STARTED, trigger)
        return Kind.STARTED

    def _end(self, visit: Visit, trigger: Trigger) -> Kind:
        transaction = visit.transaction
        assert transaction is not None
        self._halt(visit)
        with self._visits.one_step():  # a transaction that is kept is one that goes on, and would end twice
            self._teller.tell(visit, self._path(visit), Kind.ENDED, trigger)
            visit.transaction = None
            # Erratum 2.17: the end of the transaction is the end of the authorization.
            visit.authorization = visit.owner = visit.energy_limit = None
            visit.withheld = False
            self.change(visit, authorized=False, signed=False)
            visit.points = points_of(visit.facts)
            self._visits.save(visit)
        path = self._path(visit)
        if path is not None and visit.keyholder is None:
            path.release()  # E06.FR.10
        for listener in self._on_end:
            listener(visit, transaction)
        return Kind.ENDED

    def _halt(self, visit: Visit) -> None:
        path = self._path(visit)
        if path is not None:
            path.halt()
        self.change(visit, energy_flows=False)

    def _path(self, visit: Visit) -> PowerPath | None:
        return None if visit.evse_id is None else self._paths[visit.evse_id]
