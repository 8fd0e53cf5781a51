"""A01 Update Charging Station Password for HTTP Basic Authentication."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_credentials, next_attempt
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import reset
from plugfest.lab.v201.cases.b_provisioning.variables import result, set_request
from plugfest.lab.v201.configuration import PASSWORD
from plugfest.lab.v201.states.booted import AFTER_RESET, boot_reported, booted
from plugfest.ocpp.message import UNSET

NEW_PASSWORD = "plugfest-changed-02"
TOO_SHORT_PASSWORD = "plugfest-15-chr"

HTTP_BASIC = ConnectionRequirement((2, 1), root_installed=None)


@case("TC_A_09_CS", requirements=("A01.FR.01", "A01.FR.11", "A01.FR.12", "B01.FR.01"), connected=HTTP_BASIC)
async def accepted(bench: Bench) -> None:
    attempts_before = len(bench.csms.main.attempts)
    bench.csms.inbox.set_mark()
    response = await bench.step(2).call(
        set_request((PASSWORD, NEW_PASSWORD), attribute_type=UNSET),
        set_variable_result=[result(PASSWORD, one_of("Accepted", "RebootRequired"))],
    )
    bench.csms.password = NEW_PASSWORD  # A01.FR.03: from now on only the new password is valid
    reboots = response.set_variable_result[0].attribute_status == "RebootRequired"
    if reboots:
        await bench.call(reset("OnIdle"), status="Accepted")
    bench.step(3)
    attempt = await next_attempt(bench, attempts_before)
    check_credentials(bench, attempt, NEW_PASSWORD)
    bench.step(4)
    bench.check(attempt.http_status == 101, "HTTP status 101", attempt.http_status)
    if reboots:
        bench.step(5)
        await boot_reported(bench, reason=AFTER_RESET)


@case("TC_A_10_CS", requirements=("A01.FR.01", "A01.FR.11", "A01.FR.12"), connected=HTTP_BASIC)
async def rejected(bench: Bench) -> None:
    attempts_before = len(bench.csms.main.attempts)
    await bench.step(2).call(
        set_request((PASSWORD, TOO_SHORT_PASSWORD), attribute_type=UNSET),
        set_variable_result=[result(PASSWORD, "Rejected")],
    )
    bench.step(5)
    await booted(bench)
    bench.step(3)
    check_credentials(bench, await next_attempt(bench, attempts_before), bench.csms.password)
