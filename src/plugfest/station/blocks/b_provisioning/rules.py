"""Which network profiles and priorities a station accepts (B09, B10, A05). Pure functions."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import NetworkProfile, valid_url


class Rejection(NamedTuple):
    """Why something is rejected: an OCPP reason code, and details in words."""

    reason: str
    detail: str


class NetworkState(NamedTuple):
    """What the decision depends on. `missing_certificate`: which certificate a security profile lacks."""

    slots: Sequence[int]
    active: SecurityProfile
    supported: frozenset[SecurityProfile]
    missing_certificate: Callable[[SecurityProfile], str | None]


def profile_rejection(slot: int, profile: NetworkProfile, state: NetworkState) -> Rejection | None:
    """Why `profile` cannot be stored in `slot`; None if it can."""
    if slot not in state.slots:
        return Rejection("InvalidConfSlot", f"there is no slot {slot}")  # B09.FR.05
    if profile.security_profile not in tuple(state.supported):
        return Rejection("InvalidNetworkConf", f"security profile {profile.security_profile} is not supported")
    if profile.security_profile < state.active:
        return _downgrade(profile)  # B09.FR.04
    if not valid_url(profile.url, profile.security_profile):
        return Rejection("InvalidNetworkConf", "the address of the CSMS does not fit")  # B09.FR.02
    if profile.message_timeout <= 0:
        return Rejection("InvalidNetworkConf", "the message timeout is not positive")
    return None


def priority_rejection(profiles: Sequence[NetworkProfile | None], state: NetworkState) -> Rejection | None:
    """Why the profiles in these slots cannot become the prioritized ones; None if they can."""
    if not profiles:
        return Rejection("InvalidNetworkConf", "no slot is left")
    for profile in profiles:
        if profile is None:
            return Rejection("InvalidNetworkConf", "a slot is empty")  # B10.FR.02
        if profile.security_profile < state.active:
            return _downgrade(profile)  # A05.FR.10
        missing = state.missing_certificate(SecurityProfile(profile.security_profile))
        if missing is not None:
            return Rejection("InvalidNetworkConf", missing)  # A05.FR.02, A05.FR.03
    return None


def _downgrade(profile: NetworkProfile) -> Rejection:
    return Rejection("NoSecurityDowngrade", f"security profile {profile.security_profile} is lower than the active one")
