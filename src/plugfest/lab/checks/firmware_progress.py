"""Firmware updates: the order of statuses and reboots after SignatureVerified (L01), and the download.

A station may reboot before the installation, before the activation, both or not at all, and its boot loader may or may
not speak OCPP.
"""

from collections.abc import Mapping
from typing import Final

from plugfest.lab.bench import AnyBench

INSTALLED: Final = frozenset({"Installed"})
FAILED: Final = frozenset({"InstallVerificationFailed", "InstallationFailed"})

BOOT: Final = "BootNotification"
"""The event of a reboot; the other events are statuses."""

REBOOT: Final = "InstallRebooting"

_READY: Final = {REBOOT: "reboot to install", "Installing": "Installing"}
_ENDS: Final = {end: end for end in INSTALLED | FAILED}

BEFORE_INSTALLATION: Final = frozenset({"SignatureVerified", "InstallScheduled", "reboot to install", "booted"})

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    # L01.FR.15: a reboot before the installation is announced.
    "SignatureVerified": _READY,
    "InstallScheduled": _READY,
    "reboot to install": {BOOT: "booted"},
    # L01.FR.23: a boot loader that does not speak OCPP does not report Installing.
    "booted": {"Installing": "Installing", **_ENDS},
    "Installing": {REBOOT: "reboot to activate", BOOT: "booted to activate", **_ENDS},
    "reboot to activate": {BOOT: "booted to activate"},
    "booted to activate": _ENDS,
}
"""By progress: the events that may come next, and the progress then. Every end is an event of the same name."""


def next_events(progress: str, ends: frozenset[str], *, reboots: bool = True) -> list[str]:
    """The events that may come next on the way from `progress` to one of these ends.

    `reboots`: whether the station may announce a reboot.
    """
    return [
        event
        for event, then in TRANSITIONS[progress].items()
        if (then in ends or then in TRANSITIONS) and (reboots or event != REBOOT)
    ]


def check_next(bench: AnyBench, event: str, expected: list[str], *, frame: int) -> None:
    """An event of an update is one of those that may come next."""
    bench.check(event in expected, f"next {' or '.join(expected)}", event, frame=frame)


def check_downloaded(bench: AnyBench, path: str) -> None:
    """The station has downloaded the whole file at `path` from the lab's file server."""
    accesses = "; ".join(f"{one.request}: {one.size} bytes, {one.outcome}" for one in bench.files.documents.accesses)
    bench.check(bench.files.fetched(path), f"{path} downloaded completely", accesses or "no access")
