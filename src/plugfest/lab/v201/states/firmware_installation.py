"""From a verified image to installed firmware: RebootBeforeFirmwareInstallation, RebootBeforeFirmwareActivation.

Whether a station reboots before it installs, before it activates what it has installed, both or not at all, is its own
affair; so is whether its boot loader speaks OCPP. All ways are in the table of `firmware_progress`.
"""

from typing import NamedTuple

from plugfest.lab.checks.firmware_progress import FAILED, FOLLOWING, INSTALLED, possible_after
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.expectations import one_of, shown
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.ledger import connector_states
from plugfest.lab.v201.states.connector_status import connectors
from plugfest.lab.v201.states.firmware_update import Update, history
from plugfest.ocpp.v201 import messages as m


class Steps(NamedTuple):
    """The numbers of Part 6's steps: Installing, connected again, connectors available, Installed, FirmwareUpdated."""

    installing: int
    back: int
    available: int
    installed: int
    event: int

    @classmethod
    def following(cls, unavailable: int) -> "Steps":
        """As in most cases, after the step in which the station may make its connectors unavailable."""
        return cls(unavailable + 3, unavailable + 6, unavailable + 7, unavailable + 9, unavailable + 11)


async def installed(bench: Bench, update: Update, steps: Steps, *, after: str = "SignatureVerified") -> None:
    """The station installs and activates the firmware, comes back and says so. `after` is where it is now."""
    booted = await _until_told(bench, update, INSTALLED, steps, after)
    bench.step(steps.back)
    again = await bench.csms.wait_connected(within=bench.settings.boot_timeout, after=update.connections)
    bench.check(again, "the station connects again, to agree on the OCPP version", "it does not")
    if not booted:  # it may have connected without a reboot, or reboot only now (L01.FR.32)
        boot = await bench.expect_optional(
            m.BootNotificationRequest, within=bench.settings.function_timeout, reason="FirmwareUpdate"
        )
        if boot is not None:
            await _connectors_told(bench, boot)
    _check_version(bench.step(steps.back, "L01.FR.28"), update)
    bench.step(steps.event, "L01.FR.31")
    await bench.expect(m.SecurityEventNotificationRequest, type="FirmwareUpdated")
    bench.step(steps.available)
    await _available_again(bench)


def _check_version(bench: Bench, update: Update) -> None:
    """A station that has rebooted for it has booted with the new version."""
    version = bench.manufacturer.files.version
    begin = history(bench, update)[0].frame.index
    boots = [seen for seen in bench.csms.inbox.of(m.BootNotificationRequest) if seen.frame.index > begin]
    if version is not None and boots:
        told = boots[-1].message.charging_station.firmware_version
        bench.check(told == version, f"firmwareVersion {version}", shown(told), frame=boots[-1].frame.index)


async def installation_failed(bench: Bench, update: Update, steps: Steps) -> None:
    """The station finds out that it cannot use the image (L01.FR.29), and says so.

    It may be out of service from then on; Part 6 recommends to go on with the old firmware.
    """
    await _until_told(bench, update, FAILED, steps, "SignatureVerified")
    bench.step(steps.available)
    back = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.recommend(back, "every connector is Available again, with the old firmware", _out_of_service(bench))


async def _until_told(bench: Bench, update: Update, ends: frozenset[str], steps: Steps, where: str) -> bool:
    """Follow the station through its reboots until it tells one of these. Whether it has rebooted."""
    booted, has_to_boot = False, False
    while where not in ends:
        bench.step(steps.installed if where in ("Installing", "reboot to activate") else steps.installing)
        seen = await _next(bench, update, possible_after(where, ends))
        if isinstance(seen.message, m.BootNotificationRequest):
            booted, has_to_boot = True, False
            await _connectors_told(bench, seen)
        elif isinstance(seen.message, m.FirmwareStatusNotificationRequest):
            status = seen.message.status
            bench.check(not has_to_boot, "a BootNotificationRequest first", f"{status}", frame=seen.frame.index)
            where, has_to_boot = FOLLOWING[where][status], status == "InstallRebooting"
    return booted


async def _next(bench: Bench, update: Update, statuses: list[str]) -> AnyReceived:
    """What the station tells next of the update, or that it has rebooted for it."""
    return await bench.expect_any(
        (
            m.FirmwareStatusNotificationRequest,
            {"status": one_of(*statuses), "request_id": update.request_id},
        ),
        (m.BootNotificationRequest, {"reason": "FirmwareUpdate"}),
        within=bench.settings.installation_timeout,
    )


async def _connectors_told(bench: Bench, boot: AnyReceived) -> None:
    """After a boot the station tells the state of every connector."""

    def untold() -> set[tuple[int, int]]:
        later = (seen for seen in bench.csms.inbox.since_mark() if seen.frame.index > boot.frame.index)
        return set(connectors(bench)) - {place for seen in later for place, _ in connector_states(seen.message)}

    told = await bench.until(lambda: not untold(), within=bench.settings.function_timeout)
    bench.check(told, "the state of every connector after the boot", f"not of {sorted(untold())} (EVSE, connector)")


async def _available_again(bench: Bench) -> None:
    """No connector stays unavailable, but for those with a cable in them."""
    holds = await bench.until(lambda: not _out_of_service(bench), within=bench.settings.function_timeout)
    bench.check(holds, "every connector is Available again", _out_of_service(bench))


def _out_of_service(bench: Bench) -> dict[tuple[int, int], str]:
    """What the connectors without a cable are, where that is not Available."""
    free = (place for place in connectors(bench) if place not in bench.operator.plugged)
    said = {place: bench.ledger.connectors.get(place, "unknown") for place in free}
    return {place: status for place, status in said.items() if status != "Available"}
