"""Firmware updates: the order of the statuses after SignatureVerified (L01), and the download.

A station may reboot before the installation, before the activation, both or not at all, and its boot loader may or may
not speak OCPP.
"""

from plugfest.lab.bench import AnyBench

INSTALLED = frozenset({"Installed"})
FAILED = frozenset({"InstallVerificationFailed", "InstallationFailed"})

READY = {"InstallRebooting": "reboot to install", "Installing": "Installing"}

TRANSITIONS = {
    "SignatureVerified": READY,
    "InstallScheduled": READY,
    # L01.FR.23: a boot loader that does not speak OCPP does not report Installing.
    "reboot to install": {"Installing": "Installing", **{end: end for end in INSTALLED | FAILED}},
    "Installing": {"InstallRebooting": "reboot to activate", **{end: end for end in INSTALLED | FAILED}},
    "reboot to activate": {end: end for end in INSTALLED | FAILED},
}
"""By progress: the statuses that the station may report next, and its progress then."""


def next_statuses(progress: str, ends: frozenset[str]) -> list[str]:
    """The statuses that the station may report next on the way from `progress` to one of these ends."""
    return [status for status, then in TRANSITIONS[progress].items() if then in ends or then in TRANSITIONS]


def check_downloaded(bench: AnyBench, path: str) -> None:
    """The station has downloaded the whole file at `path` from the lab's file server."""
    accesses = "; ".join(f"{one.request}: {one.size} bytes, {one.outcome}" for one in bench.files.documents.accesses)
    bench.check(bench.files.fetched(path), f"{path} downloaded completely", accesses or "no access")
