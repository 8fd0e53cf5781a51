"""A01 Update Charging Station Password for HTTP Basic Authentication."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import attempted, check_credentials
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.b11_reset_without_ongoing_transaction import reset
from plugfest.lab.v201.cases.b_provisioning.variables import ANY_INFO, result, set_request
from plugfest.lab.v201.configuration import PASSWORD
from plugfest.lab.v201.states.booted import boot_reported, booted
from plugfest.ocpp.message import UNSET

NEW_PASSWORD = "plugfest-changed-02"
TOO_SHORT = "plugfest-15-chr"

BASIC = ConnectionRequirement((2, 1), trusts=None)


@case("TC_A_09_CS", requirements=("A01.FR.01", "A01.FR.11", "A01.FR.12", "B01.FR.01"), connected=BASIC)
async def accepted(bench: Bench) -> None:
    tried = len(bench.csms.main.attempts)
    bench.csms.inbox.set_mark()
    response = await bench.step(2).call(
        set_request((PASSWORD, NEW_PASSWORD), attribute_type=UNSET),
        set_variable_result=[result(PASSWORD, one_of("Accepted", "RebootRequired"))],
    )
    bench.csms.password = NEW_PASSWORD  # A01.FR.03: from now on no other one is good enough
    reboots = response.set_variable_result[0].attribute_status == "RebootRequired"
    if reboots:
        await bench.call(reset("OnIdle"), status="Accepted")
    bench.step(3)
    attempt = await attempted(bench, tried)
    check_credentials(bench, attempt, NEW_PASSWORD)
    bench.step(4)
    bench.check(attempt.http_status == 101, "an upgrade to a websocket", attempt.http_status)
    if reboots:
        bench.step(5)
        await boot_reported(bench)


@case("TC_A_10_CS", requirements=("A01.FR.01", "A01.FR.11", "A01.FR.12"), connected=BASIC)
async def rejected(bench: Bench) -> None:
    tried = len(bench.csms.main.attempts)
    await bench.step(2).call(
        set_request((PASSWORD, TOO_SHORT), attribute_type=UNSET),
        set_variable_result=[result(PASSWORD, "Rejected", info=ANY_INFO)],
    )
    bench.step(5)
    await booted(bench)
    bench.step(3)
    check_credentials(bench, await attempted(bench, tried), bench.csms.password)
