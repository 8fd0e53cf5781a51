"""N09 Get Customer Information."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.id_token import complete_session, id_token_known
from plugfest.lab.v201.states.customer_information import (
    LOCAL_AUTHORIZATION,
    information_request,
    receive_report,
    receive_single_message,
    request_information,
)
from plugfest.ocpp.v201 import messages as m


async def customer_known(bench: Bench) -> None:
    """The station knows the valid token, and its driver has charged, authorized at the station."""
    await id_token_known(bench)
    await complete_session(bench, bench.tokens.valid, how="local", expect_authorize=False)


@case("TC_N_27_CS", requirements=("N09.FR.02", "N09.FR.05"), configuration=LOCAL_AUTHORIZATION, before=customer_known)
async def data(bench: Bench) -> None:
    request_id = await request_information(bench.step(2), information_request(bench, bench.tokens.valid, report=True))
    report = await receive_report(bench.step(3, "N09.FR.05"), request_id)
    bench.check(bool(report), "data about the customer", "none")


async def data_cleared(bench: Bench) -> None:
    """The station has cleared its data about the customer with the valid token."""
    request_id = await request_information(bench, information_request(bench, bench.tokens.valid, clear=True))
    # TC_N_32 judges the message about it.
    await bench.expect_optional(
        m.NotifyCustomerInformationRequest, within=bench.settings.function_timeout, request_id=request_id
    )
    await bench.wait(bench.settings.time_tolerance)


NOT_PROCESSED = one_of("Rejected", "Invalid")
"""The status while customer information cannot be processed.

Part 6 has Invalid; Part 2 demands Rejected (N09.FR.03, N10.FR.05) and has Invalid for a request without a customer
(N09.FR.09). No erratum mentions it. Each is accepted: a station that conforms to Part 2 is not accused, nor one that
passes the case as it is written.
"""


async def customer_information_unavailable(bench: Bench) -> None:
    """The station cannot process customer information."""
    await bench.operator.customer_storage(available=False)


@case("TC_N_29_CS", requirements=("N09.FR.03",), before=customer_information_unavailable)
async def not_accepted(bench: Bench) -> None:
    request = information_request(bench, bench.tokens.valid, report=True)
    await bench.step(2).call(request, status=NOT_PROCESSED)


@case("TC_N_28_CS", requirements=("N09.FR.02", "N09.FR.06"), before=data_cleared)
async def no_data(bench: Bench) -> None:
    request_id = await request_information(bench.step(2), information_request(bench, bench.tokens.valid, report=True))
    await receive_single_message(bench.step(3, "N09.FR.06"), request_id)
