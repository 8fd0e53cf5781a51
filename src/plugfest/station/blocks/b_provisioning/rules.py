"""What a station may accept of new ways to the CSMS (B09, B10, A05). Pure rules."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import NetworkProfile, valid_url


class Objection(NamedTuple):
    """Why not: an OCPP reason code, and more in words."""

    reason: str
    detail: str


class KnownState(NamedTuple):
    """What the decision depends on. `obstacle` says what keeps the station from using a security profile."""

    slots: Sequence[int]
    active: SecurityProfile
    supported: frozenset[SecurityProfile]
    obstacle: Callable[[SecurityProfile], str | None]


def object_to_profile(slot: int, profile: NetworkProfile, known_state: KnownState) -> Objection | None:
    """Whether `profile` may be kept in `slot`."""
    if slot not in known_state.slots:
        return Objection("InvalidConfSlot", f"there is no slot {slot}")  # B09.FR.05
    if profile.security_profile not in tuple(known_state.supported):
        return Objection("InvalidNetworkConf", f"security profile {profile.security_profile} is not supported")
    if profile.security_profile < known_state.active:
        return _downgrade(profile)  # B09.FR.04
    if not valid_url(profile.url, profile.security_profile):
        return Objection("InvalidNetworkConf", "the address of the CSMS does not fit")  # B09.FR.02
    if profile.message_timeout <= 0:
        return Objection("InvalidNetworkConf", "the message timeout is not positive")
    return None


def object_to_priority(profiles: Sequence[NetworkProfile | None], known_state: KnownState) -> Objection | None:
    """Whether the slots with these profiles may be the ones to use, in their order."""
    if not profiles:
        return Objection("InvalidNetworkConf", "no slot is left")
    for profile in profiles:
        if profile is None:
            return Objection("InvalidNetworkConf", "a slot is empty")  # B10.FR.02
        if profile.security_profile < known_state.active:
            return _downgrade(profile)  # A05.FR.10
        obstacle = known_state.obstacle(SecurityProfile(profile.security_profile))
        if obstacle is not None:
            return Objection("InvalidNetworkConf", obstacle)  # A05.FR.02, A05.FR.03
    return None


def _downgrade(profile: NetworkProfile) -> Objection:
    return Objection("NoSecurityDowngrade", f"security profile {profile.security_profile} is lower than the active one")
