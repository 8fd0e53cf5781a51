"""What happens at the EVSEs: plugs, bays, faults and energy, seen again each time the hardware says that it changed."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from plugfest.hardware.ports import Hardware
from plugfest.station.model.availability import Place
from plugfest.station.model.connectors import Connectors
from plugfest.station.model.events import ChargingState, StopReason, Trigger
from plugfest.station.model.points import (
    Point,
    ends_by_invalid_token,
    ends_with_authorization,
    ends_without_cable,
    points_of,
)
from plugfest.station.model.power_path import PowerPath
from plugfest.station.model.settings import ChargingSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.tokens import NOBODY, Token, TokenInfo
from plugfest.station.model.transactions import Transactions
from plugfest.station.model.visit import Authorization, Visit
from plugfest.station.model.visits import Visits

_GRAIN = 0.01
"""Wh by which a limit of energy may be missed."""


class Charging:
    """Moves every visit by what the hardware shows, and lets energy flow where it may."""

    def __init__(
        self,
        *,
        hardware: Hardware,
        visits: Visits,
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
        self._visits = visits
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
        self._look_at_lock(self._visits.at(evse_id))
        self._look_at_bay(evse_id, occupied=False)  # nobody drives off before he has unplugged
        self._settle(self._visits.at(evse_id))

    def look_around(self, evse_id: int | None = None) -> None:
        """Something may have changed at an EVSE, or anywhere."""
        for each in self._paths if evse_id is None else (evse_id,):
            self.look(each)

    def state(self, evse_id: int) -> ChargingState | None:
        """Where charging stands at an EVSE; None where there is no transaction."""
        visit = self._visits.at(evse_id)
        if visit.transaction is None:
            return None
        return self._paths[evse_id].state(connected=visit.facts.connected, withheld=visit.withheld)

    def authorize(
        self,
        visit: Visit,
        token: Token,
        info: TokenInfo,
        remote_start_id: int | None = None,
        reservation_id: int | None = None,
    ) -> None:
        """Somebody may charge: this visit is authorized. E01.FR.03, E02.FR.01, E03.FR.01"""
        authorization = Authorization(token, info.group, remote_start_id, info.evse_ids, reservation_id)
        visit.authorization = authorization
        if visit.transaction is None or visit.owner is None:
            visit.owner = authorization
        if visit.transaction is not None:
            visit.transaction.token_due = token
            visit.transaction.remote_start_due = remote_start_id
            visit.transaction.stop_reason = None
        self._transactions.change(visit, authorized=True)
        self._secure(visit)
        self._transactions.step(visit, Trigger.AUTHORIZED if remote_start_id is None else Trigger.REMOTE_START)
        self._await_cable(visit)
        self._settle(visit)

    def stop(self, visit: Visit, trigger: Trigger, reason: StopReason, token: Token | None = None) -> None:
        """Somebody may charge no more, because he or the CSMS wants it. E07, F03, C16"""
        never_authorized = visit.authorization is None
        visit.keyholder = None
        self._transactions.end_authorization(
            visit,
            trigger,
            reason,
            token=token,
            # F03.FR.03: what was never authorized cannot lose its authorization, and ends all the same.
            force_end=never_authorized and ends_with_authorization(self._settings().stop),
        )
        self._timers.cancel(_connection_timer(visit))
        self._settle(visit)

    def end(self, visit: Visit, trigger: Trigger, reason: StopReason) -> None:
        """The transaction ends now, whatever its stop points are."""
        assert visit.transaction is not None
        visit.transaction.stop_reason = reason
        self._transactions.step(visit, trigger, force_end=True)
        self._settle(visit)

    def judged(self, transaction_id: str, token: Token, info: TokenInfo) -> None:
        """The CSMS has looked at the token of a transaction: whose it is, and whether it is good. E05, C15"""
        visit = self._visits.with_transaction(transaction_id)
        if visit is None or visit.authorization is None or not visit.authorization.covers(token):
            return
        if info.accepted:
            visit.authorization = msgspec.structs.replace(visit.authorization, group=info.group)
            self._visits.save(visit)
            return
        if self._settings().stop_on_invalid:
            self._deauthorize(visit)
        else:
            self._limit_energy(visit)
        self._settle(visit)

    def unlock(self, visit: Visit) -> None:
        """The cable may go: its owner has come for it, or the CSMS wants it so. E05.FR.11, E09.FR.03, E10.FR.01"""
        visit.keyholder = None
        self._visits.save(visit)
        assert visit.evse_id is not None
        self._paths[visit.evse_id].release()

    def recover(self, reason: StopReason) -> None:
        """The station has started: what was going on before is over. The cable stays locked for its owner."""
        for visit in list(self._visits):
            if visit.evse_id is not None:
                path = self._paths[visit.evse_id]
                path.halt()
                visit.keyholder = (visit.keyholder or visit.authorization) if path.locked else None
                self._transactions.change(visit, connected=visit.facts.connected and path.connected(visit.connector_id))
            self._transactions.change(visit, authorized=False, energy_flows=False, signed=False)
            visit.authorization = None
            visit.withheld = False
            visit.points = points_of(visit.facts)
            if visit.transaction is None:
                visit.owner = None
                self._visits.save(visit)
            else:
                self.end(visit, Trigger.ABNORMAL_CONDITION, reason)
        self.look_around()

    # One fact after the other

    def _look_at_bay(self, evse_id: int, *, occupied: bool) -> None:
        """See an EV that has arrived, or one that has left."""
        visit = self._visits.at(evse_id)
        bay = self._hardware.evses[evse_id].bay
        if bay is None or bay.occupied is not occupied or visit.facts.bay_occupied is occupied:
            return
        self._transactions.change(visit, bay_occupied=occupied)
        self._transactions.step(visit, Trigger.EV_DETECTED if occupied else Trigger.EV_DEPARTED)

    def _look_for_fault(self, evse_id: int) -> None:
        visit = self._visits.at(evse_id)
        if visit.connector_id is None or not self._hardware.evses[evse_id].connectors[visit.connector_id].faulted:
            return
        if visit.transaction is not None:
            self.end(visit, Trigger.ABNORMAL_CONDITION, StopReason.OTHER)  # E06.FR.16

    def _look_at_cable(self, evse_id: int) -> None:
        visit = self._visits.at(evse_id)
        path = self._paths[evse_id]
        if visit.keyholder is not None and path.occupied_connector() is None:
            visit.keyholder = None
            self._visits.save(visit)
        if visit.facts.connected and not path.connected(visit.connector_id):
            self._plugged_out(visit, path)
        # E01.FR.14: another connector of the EVSE counts only when the one in use is free.
        connector_id = path.occupied_connector()
        if not visit.facts.connected and path.connected(connector_id) and self._serves(evse_id, connector_id):
            self._plugged_in(self._take_waiting(visit), connector_id)

    def _serves(self, evse_id: int, connector_id: int | None) -> bool:
        """Whether a plug counts. One that was pushed in too early counts as soon as it can be served."""
        return self._in_service() and self._connectors.usable(Place(evse_id, connector_id))

    def _take_waiting(self, visit: Visit) -> Visit:
        """Who identified himself before he plugged in is the one who plugs in here. E03"""
        assert visit.evse_id is not None
        allowed = (w for w in self._visits.waiting if w.authorization and w.authorization.allows(visit.evse_id or 0))
        waiting = next(allowed, None)
        if waiting is None or not visit.vacant:
            return visit
        self._timers.cancel(_connection_timer(waiting))
        self._transactions.change(waiting, bay_occupied=visit.facts.bay_occupied)
        waiting.points = points_of(waiting.facts)
        self._visits.seat(waiting, visit.evse_id)
        self._transactions.placed(waiting)
        return waiting

    def _plugged_in(self, visit: Visit, connector_id: int | None) -> None:
        visit.connector_id = connector_id
        if visit.authorization is not None:
            visit.keyholder = None  # his transaction goes on
        self._timers.cancel(_connection_timer(visit))
        self._transactions.change(visit, connected=True)
        self._secure(visit)
        self._transactions.step(visit, Trigger.CABLE_PLUGGED_IN)
        if visit.authorization is None and not self._needs_authorization():
            self.authorize(visit, NOBODY, TokenInfo())  # AuthCtrlr.Enabled

    def _secure(self, visit: Visit) -> None:
        """Lock the cable before a transaction begins by it: without a lock the power path is not closed. G05.FR.01"""
        if Point.POWER_PATH_CLOSED not in self._settings().start or visit.authorization is None:
            return
        if not visit.facts.connected or visit.evse_id is None or visit.connector_id is None:
            return
        secured = self._paths[visit.evse_id].secure(visit.connector_id)
        self._transactions.change(visit, secured=secured)
        if not secured:
            self._lock_failed(Place(visit.evse_id, visit.connector_id))

    def _look_at_lock(self, visit: Visit) -> None:
        """A lock that did not lock is tried again."""
        if visit.facts.secured:
            return
        self._secure(visit)
        if visit.facts.secured:
            self._transactions.step(visit, Trigger.CABLE_PLUGGED_IN)

    def _plugged_out(self, visit: Visit, path: PowerPath) -> None:
        settings = self._settings()
        path.halt()
        keeps = visit.transaction is not None and not settings.stop_on_ev_side_disconnect
        if settings.unlock_on_ev_side_disconnect and not keeps:  # 1.6, 4.10: else it stays locked in any case
            path.release()  # E09.FR.02
        elif path.locked:
            visit.keyholder = visit.authorization  # E09.FR.03, E10.FR.01
        if not keeps:
            visit.authorization = None  # E09.FR.01; erratum 2.17: pulling the plug is the end without a transaction too
        self._transactions.change(
            visit, connected=False, secured=True, energy_flows=False, authorized=visit.authorization is not None
        )
        self._transactions.step(visit, Trigger.EV_COMMUNICATION_LOST)
        self._await_cable(visit)

    # Energy

    def _settle(self, visit: Visit) -> None:
        """After a step: energy flows or not as the visit is now, and everybody sees it."""
        if visit.evse_id is not None:
            self._drive(visit, self._paths[visit.evse_id])
            self._transactions.follow(visit)
            self._watch_energy(visit, self._paths[visit.evse_id])
        self._connectors.settled()
        self._admit()

    def _drive(self, visit: Visit, path: PowerPath) -> None:
        ready = visit.authorization is not None and visit.facts.connected and not visit.withheld  # C01.FR.01
        if ready and visit.transaction is None:
            self._retrieve_signature(visit, path)
        # Energy without a transaction only in order to start one by it. E01.FR.06
        wanted = ready and (visit.transaction is not None or Point.ENERGY_TRANSFER in self._settings().start)
        if not wanted:
            if path.delivering:
                path.halt()
        elif not path.delivering and visit.connector_id is not None:
            self._deliver(path, Place(visit.evse_id, visit.connector_id))

    def _deliver(self, path: PowerPath, place: Place) -> None:
        assert place.connector_id is not None
        if path.deliver(place.connector_id):
            return
        self._lock_failed(place)

    def _lock_failed(self, place: Place) -> None:
        for listener in self.on_lock_failure:
            listener(place)  # G05.FR.02

    def _retrieve_signature(self, visit: Visit, path: PowerPath) -> None:
        """E01.FR.04"""
        wanted = Point.DATA_SIGNED in self._settings().start and not visit.facts.signed
        if wanted and path.evse.meter.sign("") is not None:
            self._transactions.change(visit, signed=True)
            self._transactions.step(visit, Trigger.SIGNED_DATA_RECEIVED)

    def _deauthorize(self, visit: Visit) -> None:
        """E05.FR.09, E05.FR.10, C15.FR.03, C15.FR.04. The cable stays locked for its owner (E05.FR.11, C15.FR.05)."""
        if visit.evse_id is not None and self._paths[visit.evse_id].locked:
            visit.keyholder = visit.authorization
        force_end = ends_by_invalid_token(self._settings().stop)
        self._transactions.end_authorization(visit, Trigger.DEAUTHORIZED, StopReason.DEAUTHORIZED, force_end=force_end)
        self._timers.cancel(_connection_timer(visit))

    def _limit_energy(self, visit: Visit) -> None:
        """E05.FR.02, E05.FR.03, C15.FR.06, C15.FR.07"""
        assert visit.transaction is not None
        allowed = self._settings().max_energy_on_invalid
        start = visit.transaction.register_at_start
        if allowed and visit.evse_id is not None:
            register = self._paths[visit.evse_id].evse.meter.read().energy_import
            visit.energy_limit = (register if start is None else start) + allowed
            if register < visit.energy_limit - _GRAIN:
                return
        self._withhold(visit)

    def _withhold(self, visit: Visit) -> None:
        visit.withheld = True
        visit.energy_limit = None
        if visit.transaction is not None:
            visit.transaction.stop_reason = StopReason.DEAUTHORIZED  # in case that the end of the energy is the end
        self._settle(visit)
        if visit.transaction is not None:
            visit.transaction.stop_reason = None
            self._visits.save(visit)

    def _watch_energy(self, visit: Visit, path: PowerPath) -> None:
        """Come back when the energy that is still allowed has flowed."""
        timer = f"energy limit of {visit.key}"
        self._timers.cancel(timer)
        power = path.evse.meter.read().power
        if visit.energy_limit is None or not power:
            return
        left = visit.energy_limit - path.evse.meter.read().energy_import
        if left > _GRAIN:
            self._timers.set(timer, math.ceil(left / power * 3600.0 * 1000) / 1000, partial(self._settle, visit))
        else:
            self._withhold(visit)

    # Time and access

    def _await_cable(self, visit: Visit) -> None:
        """Whoever is authorized has only so long to plug in. C01.FR.26, E03.FR.05, E10.FR.02, F02.FR.07"""
        if visit.authorization is None or visit.facts.connected or self._holds_his_cable(visit):
            return
        if visit.transaction is not None and self._settings().waits_for_ever:
            return
        timeout = self._settings().connection_timeout
        self._timers.set(_connection_timer(visit), timeout, partial(self._connection_timed_out, visit))

    def _holds_his_cable(self, visit: Visit) -> bool:
        """E10.FR.01: a cable that he has charged through stays locked until he presents his token."""
        path = None if visit.evse_id is None else self._paths[visit.evse_id]
        return path is not None and path.locked and path.occupied_connector() is not None

    def _connection_timed_out(self, visit: Visit) -> None:
        force_end = ends_without_cable(self._settings().stop)
        self._transactions.end_authorization(visit, Trigger.EV_CONNECT_TIMEOUT, StopReason.TIMEOUT, force_end=force_end)
        self._settle(visit)

    def _admit(self) -> None:
        """Open the connectors to those who may plug in, where they are barred to others (AQ-2)."""
        somebody_waits = any(visit.authorization for visit in self._visits.waiting)
        for evse_id, path in self._paths.items():
            visit = self._visits.at(evse_id)
            path.admit(visit.authorization is not None or (somebody_waits and visit.vacant))


def _connection_timer(visit: Visit) -> str:
    return f"connection timeout of {visit.key}"
