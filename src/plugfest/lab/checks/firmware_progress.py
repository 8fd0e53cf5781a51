"""What a station may tell of a firmware update once its signature is verified, in the words of L01.

Whether it reboots before it installs, before it activates what it has installed, both or not at all, is its own affair;
so is whether its boot loader speaks OCPP.
"""

from plugfest.lab.bench import AnyBench

INSTALLED = frozenset({"Installed"})
FAILED = frozenset({"InstallVerificationFailed", "InstallationFailed"})

READY = {"InstallRebooting": "reboot to install", "Installing": "Installing"}

FOLLOWING = {
    "SignatureVerified": READY,
    "InstallScheduled": READY,
    # L01.FR.23: a boot loader that does not speak OCPP does not tell that it installs.
    "reboot to install": {"Installing": "Installing", **{end: end for end in INSTALLED | FAILED}},
    "Installing": {"InstallRebooting": "reboot to activate", **{end: end for end in INSTALLED | FAILED}},
    "reboot to activate": {end: end for end in INSTALLED | FAILED},
}
"""Where a station can be, what it may tell next, and where it is then."""


def possible_after(where: str, ends: frozenset[str]) -> list[str]:
    """What a station can tell next that has come to `where` and is on the way to one of these ends."""
    return [told for told, then in FOLLOWING[where].items() if then in ends or then in FOLLOWING]


def check_downloaded(bench: AnyBench, path: str) -> None:
    """The station has downloaded the whole file at `path` from the lab's file server."""
    accesses = "; ".join(f"{one.request}: {one.size} bytes, {one.outcome}" for one in bench.files.documents.accesses)
    bench.check(bench.files.fetched(path), f"{path} downloaded completely", accesses or "no access")
