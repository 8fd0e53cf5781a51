"""Differences in station behaviour between the OCPP versions."""

from typing import Final

import msgspec

from plugfest.station.model.authorization.token_format import TOKEN_FORMAT_16, TOKEN_FORMAT_201, TokenFormat


class VersionBehaviour(msgspec.Struct, frozen=True, kw_only=True):
    """Behaviour that the model and the registration take from the OCPP version."""

    token_format: TokenFormat
    """The identifiers that readers accept."""
    silent_while_rejected: bool
    """Whether requests of a CSMS that has rejected the station are ignored, or answered with an error."""
    asks_about_unrelated_tokens: bool
    """Whether the CSMS is asked about a token that cannot end anything at its EVSE, whatever the answer is."""
    reports_expired: bool
    """Whether an expired token in the cache is reported as Expired, or is unknown."""
    waits_indefinitely: bool
    """Whether a transaction without its EV waits for it without a timeout."""
    presenting_uses_reservation: bool
    """Whether a reservation ends when its token is presented, or when the transaction starts."""
    samples_grid: bool
    """Whether the grid connection is sampled at the interval of the transactions too, not only clock-aligned."""


_BEHAVIOURS: Final = {
    "2.0.1": VersionBehaviour(
        token_format=TOKEN_FORMAT_201,
        silent_while_rejected=False,  # B03.FR.08
        asks_about_unrelated_tokens=True,  # C01.FR.02
        reports_expired=False,  # C10.FR.10
        waits_indefinitely=False,  # E10.FR.02
        presenting_uses_reservation=True,  # H03.FR.09
        samples_grid=False,  # J02: these samples are in transaction events
    ),
    "1.6": VersionBehaviour(
        token_format=TOKEN_FORMAT_16,
        silent_while_rejected=True,  # 4.2
        asks_about_unrelated_tokens=False,  # 4.1: only the token that started, or one of its group, stops
        reports_expired=True,  # 3.5.1, 3.5.4
        waits_indefinitely=True,  # 4.10: the transaction is not stopped when the EV is disconnected
        presenting_uses_reservation=False,  # 5.13
        samples_grid=True,  # 3.16.3
    ),
}


def behaviour_of(ocpp_version: str) -> VersionBehaviour:
    """Raises KeyError if the station does not support this OCPP version."""
    return _BEHAVIOURS[ocpp_version]
