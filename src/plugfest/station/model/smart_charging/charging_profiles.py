"""The charging profiles of the station, kept in the store (1.6 erratum 3.37; K01.FR.27)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import msgspec

from plugfest.station.model.authorization.tokens import Token
from plugfest.station.model.charging.charging_sessions import ChargingSession, Transaction
from plugfest.station.model.smart_charging.profile import ChargingProfile, ProfileProblem, ProfilePurpose
from plugfest.station.storage.store import Store


class ChargingProfiles:
    """All charging profiles. `on_change` is called when they change."""

    def __init__(self, store: Store) -> None:
        self.on_change: list[Callable[[], None]] = []
        self.rejection_reason: Callable[[ChargingProfile], ProfileProblem | None] | None = None
        """Returns why a profile is rejected, or None. Set by the smart charging block; None without smart charging."""
        self.replaces: Callable[[ChargingProfile, ChargingProfile], bool] = _same_id
        """Whether a new profile, the first, replaces another one. Set by the smart charging block."""
        self._store = store
        self._records = store.records("charging_profiles", ChargingProfile)
        self._all = dict(self._records.items())
        self._remote_start_profiles: dict[int, tuple[Token, ChargingProfile]] = {}

    def __iter__(self) -> Iterator[ChargingProfile]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def put(self, profile: ChargingProfile) -> None:
        """Store a profile; it replaces others (`replaces`)."""
        with self._store.transaction():
            self._delete(lambda each: self.replaces(profile, each))
            key = _key(profile)
            self._all[key] = profile
            self._records.put(key, profile)
        self._changed()

    def clear(self, matches: Callable[[ChargingProfile], bool]) -> bool:
        """Delete the matching profiles. Returns whether there were any."""
        deleted = self._delete(matches)
        if deleted:
            self._changed()
        return deleted

    def choose(self, transaction_id: str, number: int) -> None:
        """The EV has chosen the schedules of this number, from 0, of the profiles of its transaction (K15.FR.22)."""
        with self._store.transaction():
            for key, profile in self._all.items():
                if profile.transaction_id == transaction_id and profile.choices:
                    self._all[key] = profile.with_choice(number)
                    self._records.put(key, self._all[key])
        self._changed()

    def count_with(self, profile: ChargingProfile) -> int:
        """The number of profiles after `put`."""
        return sum(not self.replaces(profile, each) for each in self) + 1

    def clock_set(self, jump: timedelta) -> None:
        """The clock jumped: what began when it arrived began so long ago as before. Does not call `on_change`."""
        with self._store.transaction():
            for key, profile in self._all.items():
                schedule = profile.schedule
                if schedule.starts_on_arrival and schedule.start is not None:
                    moved = msgspec.structs.replace(schedule, start=schedule.start + jump)
                    self._all[key] = msgspec.structs.replace(profile, schedule=moved)
                    self._records.put(key, self._all[key])

    # Transactions

    def set_for_remote_start(self, evse_id: int, token: Token, profile: ChargingProfile | None) -> None:
        """Keep the profile, if any, of a remote start until its transaction starts (1.6, 5.16.2; F01.FR.08)."""
        self._remote_start_profiles.pop(evse_id, None)
        if profile is not None:
            self._remote_start_profiles[evse_id] = token, profile

    def begin(self, session: ChargingSession, transaction: Transaction) -> None:
        """A transaction has started, got its EVSE, or got its driver: store the profile of its remote start."""
        pending = self._remote_start_profiles.pop(session.evse_id or 0, None)
        if pending is None or session.owner is None:
            return
        token, profile = pending
        if session.owner.remote_start_id is not None and session.owner.is_for(token):
            self.put(msgspec.structs.replace(profile, transaction_id=transaction.id))

    def end(self, session: ChargingSession, transaction: Transaction) -> None:
        """Delete the profiles of a transaction that has ended (1.6, 3.13.1; K02.FR.05)."""
        self.clear(lambda each: each.purpose is ProfilePurpose.TX and each.transaction_id == transaction.id)

    def _delete(self, matches: Callable[[ChargingProfile], bool]) -> bool:
        keys = [key for key, profile in self._all.items() if matches(profile)]
        for key in keys:
            del self._all[key]
            self._records.delete(key)
        return bool(keys)

    def _changed(self) -> None:
        for listener in self.on_change:
            listener()


def _key(profile: ChargingProfile) -> str:
    """A profile of OCPP 1.6 may have the id of an external limit."""
    return f"external {profile.id}" if profile.purpose is ProfilePurpose.EXTERNAL else f"{profile.id}"


def _same_id(new: ChargingProfile, other: ChargingProfile) -> bool:
    """K01.FR.05"""
    return new.id == other.id
