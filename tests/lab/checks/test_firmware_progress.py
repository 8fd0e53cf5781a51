"""The order of the statuses and reboots of a firmware update."""

import pytest

from plugfest.lab.checks.firmware_progress import BOOT, FAILED, INSTALLED, TRANSITIONS, next_events

REBOOT = "InstallRebooting"

PERMITTED = [
    ("Installing", "Installed"),
    ("Installing", REBOOT, BOOT, "Installed"),
    ("Installing", BOOT, "Installed"),
    (REBOOT, BOOT, "Installed"),
    (REBOOT, BOOT, "Installing", "Installed"),
    (REBOOT, BOOT, "Installing", REBOOT, BOOT, "Installed"),
    ("Installing", "InstallationFailed"),
    (REBOOT, BOOT, "InstallVerificationFailed"),
]

WRONG = [
    ("Installed",),
    (BOOT, "Installing", "Installed"),
    (REBOOT, "Installing"),
    ("Installing", REBOOT, "Installed"),
    ("Installing", BOOT, BOOT),
    ("Installing", "Installing"),
    ("InstallationFailed",),
]


def _accepts(events: tuple[str, ...], *, reboots: bool = True) -> bool:
    progress = "SignatureVerified"
    for event in events:
        if progress not in TRANSITIONS or event not in next_events(progress, INSTALLED | FAILED, reboots=reboots):
            return False
        progress = TRANSITIONS[progress][event]
    return True


@pytest.mark.parametrize("events", PERMITTED)
def test_a_station_may_reboot_before_and_after_the_installation(events: tuple[str, ...]) -> None:
    assert _accepts(events)


@pytest.mark.parametrize("events", WRONG)
def test_another_order_is_not_accepted(events: tuple[str, ...]) -> None:
    assert not _accepts(events)


@pytest.mark.parametrize("events", PERMITTED)
def test_no_reboot_is_announced_where_none_is_possible(events: tuple[str, ...]) -> None:
    assert _accepts(events, reboots=False) is (REBOOT not in events)


@pytest.mark.parametrize("ends", [INSTALLED, FAILED])
def test_an_update_that_is_to_end_in_one_way_does_not_end_in_the_other(ends: frozenset[str]) -> None:
    events = {event for progress in TRANSITIONS for event in next_events(progress, ends)}
    assert events & (INSTALLED | FAILED) == ends
