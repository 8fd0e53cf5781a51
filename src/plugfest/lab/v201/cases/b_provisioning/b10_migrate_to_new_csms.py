"""B10 Migrate to new CSMS."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.csms.endpoint import Endpoint
from plugfest.lab.expectations import none_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.network_profiles import check_connected_to, migrate
from plugfest.lab.v201.cases.b_provisioning.reconnect import check_waited
from plugfest.lab.v201.memory.certificate_installed import csms_root, successor_installed
from plugfest.lab.v201.states.booted import AFTER_RESET, boot_reported
from plugfest.lab.v201.states.installed_certificates import certificates_present
from plugfest.link.attempt import Attempt

AFTER_FALLBACK = none_of("FirmwareUpdate", "ScheduledReset", "Triggered")
"""The check of the boot reason after a fallback, for which the station may have booted again (B01.FR.09)."""

BACK_OFF = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "5",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": "0",
}
WAIT_MINIMUM = 5
"""RetryBackOffWaitMinimum in seconds."""


@case("TC_B_45_CS", requirements=("B09.FR.01", "B10.FR.01", "B10.FR.04", "B10.FR.06"))
async def same_root(bench: Bench) -> None:
    profile = bench.commissioner.profile
    second = await bench.commissioner.open_second(profile)
    slot, _ = await migrate(bench, second, profile)
    bench.check(
        not second.attempts,
        "no attempt to connect to the new CSMS before the old connection is closed (B10.FR.06)",
        f"{len(second.attempts)} attempts",
    )
    bench.step(7, "B10.FR.04")
    await boot_reported(bench, reason=AFTER_RESET)
    await check_connected_to(bench, "second", slot)


@case(
    "TC_B_46_CS",
    requirements=("B10.FR.03", "B10.FR.04"),
    configuration={"OCPPCommCtrlr.NetworkProfileConnectionAttempts": "2"},
)
async def fallback(bench: Bench) -> None:
    profile = bench.commissioner.profile
    second = await bench.commissioner.open_second(profile)
    second.refusing = True
    attempts_before = len(bench.csms.main.attempts)
    _, slot = await migrate(bench, second, profile)
    bench.step(7, "B10.FR.03")
    await _attempted(bench, second, 0)
    await _attempted(bench, second, 1)
    bench.step(8, "B10.FR.03")
    await _attempted(bench, bench.csms.main, attempts_before)
    bench.check(len(second.attempts) == 2, "2 attempts with the first slot", len(second.attempts))
    bench.step(9)
    await boot_reported(bench, reason=AFTER_FALLBACK)
    await check_connected_to(bench, "main", slot)


@case(
    "TC_B_49_CS",
    requirements=("B10.FR.07",),
    configuration={"OCPPCommCtrlr.NetworkProfileConnectionAttempts": "1", **BACK_OFF},
)
async def fallback_after_all_have_failed(bench: Bench) -> None:
    profile = bench.commissioner.profile
    second = await bench.commissioner.open_second(profile)
    main = bench.csms.main
    second.refusing = True
    _, slot = await migrate(bench, second, profile)
    main.refusing = True
    attempts_before = len(main.attempts)
    bench.step(7, "B10.FR.04")
    await _attempted(bench, second, 0)
    bench.step(9, "B10.FR.03")
    refused = await _attempted(bench, main, attempts_before)
    main.refusing = False
    bench.step(11, "B10.FR.07")
    again = await _attempted(bench, main, attempts_before + 1)
    waited = again.at - refused.at
    check_waited(bench, waited, WAIT_MINIMUM)
    bench.check(len(second.attempts) == 1, "1 attempt with the first slot", len(second.attempts))
    bench.step(13)
    await boot_reported(bench, reason=AFTER_FALLBACK)
    await check_connected_to(bench, "main", slot)


async def _attempted(bench: Bench, endpoint: Endpoint, after: int) -> Attempt:
    """The next attempt to connect to the endpoint after its first `after` ones."""
    attempt = await endpoint.next_attempt(after=after, within=bench.settings.reconnect_timeout)
    if attempt is None:
        bench.judge.fail_missing(f"an attempt to connect to {endpoint.url}", "", "none")
    assert attempt is not None
    return attempt


@case("TC_B_50_CS", requirements=("M05.FR.13",), connected=ConnectionRequirement((2, 3)), before=successor_installed)
async def new_root(bench: Bench) -> None:
    profile = bench.commissioner.profile
    second = await bench.commissioner.open_second(profile, pki=bench.commissioner.successor())
    slot, _ = await migrate(bench, second, profile)
    bench.step(7, "M05.FR.13")
    attempt = await _attempted(bench, second, 0)
    bench.check(attempt.tls_failure is None, "a TLS handshake that succeeds", attempt.tls_failure)
    bench.step(9)
    await boot_reported(bench, reason=AFTER_RESET)
    await check_connected_to(bench, "second", slot)


@case(
    "TC_B_47_CS",
    requirements=("B10.FR.07", "M05.FR.15", "M05.FR.16"),
    configuration={"OCPPCommCtrlr.NetworkProfileConnectionAttempts": "1"},
    connected=ConnectionRequirement((2, 3)),
    before=successor_installed,
)
async def fallback_to_the_old_root(bench: Bench) -> None:
    profile = bench.commissioner.profile
    second = await bench.commissioner.open_second(profile)  # its certificate chains to the old root
    attempts_before = len(bench.csms.main.attempts)
    _, slot = await migrate(bench, second, profile)
    bench.step(8, "M05.FR.15")
    attempt = await _attempted(bench, second, 0)
    bench.check(attempt.tls_failure is not None, "the certificate under the old root refused", "accepted")
    bench.step(9, "M05.FR.16")
    await _attempted(bench, bench.csms.main, attempts_before)
    bench.step(10)
    await boot_reported(bench, reason=AFTER_FALLBACK)
    await check_connected_to(bench, "main", slot)
    await certificates_present(bench.step(12, "M05.FR.16"), csms_root(bench))
