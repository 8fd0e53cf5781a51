"""N10 Clear Customer Information."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.n_diagnostics.n09_get_customer_information import (
    NOT_PROCESSED,
    customer_information_unavailable,
    customer_known,
    data_cleared,
)
from plugfest.lab.v201.states.authorized import authorization_ended
from plugfest.lab.v201.states.customer_information import (
    LOCAL_AUTHORIZATION,
    information_request,
    receive_report,
    receive_single_message,
    request_information,
)
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.iso15118.authorized import PLUG_AND_CHARGE, contract_authorized, roots_installed
from plugfest.security.certificates import certificate_hash, certificates_from_pem


@case("TC_N_30_CS", requirements=("N10.FR.01", "N10.FR.03"), configuration=LOCAL_AUTHORIZATION, before=customer_known)
async def clear_and_report(bench: Bench) -> None:
    customer = bench.tokens.valid
    request_id = await request_information(bench.step(2), information_request(bench, customer, report=True, clear=True))
    cleared = await receive_report(bench.step(3, "N10.FR.03"), request_id)
    bench.check(bool(cleared), "data about the customer", "none")
    second_request = information_request(bench, customer, report=True)
    bench.csms.inbox.set_mark()
    if (await bench.step(6).ask(second_request)).status != "Accepted":
        return  # Part 6 allows this if there is nothing to report
    left = await receive_single_message(bench.step(8), second_request.request_id)
    if bench.configuration.is_true("AuthCacheCtrlr.Enabled"):
        # Data in the local authorization list stays; data in the cache does not.
        bench.step(8, "N10.FR.03")
        bench.check(left != cleared, "a report without the cleared data", left)


@case("TC_N_31_CS", requirements=("N10.FR.01", "N10.FR.04"), before=data_cleared)
async def clear_and_report_without_data(bench: Bench) -> None:
    request_id = await request_information(
        bench.step(2), information_request(bench, bench.tokens.valid, report=True, clear=True)
    )
    await receive_single_message(bench.step(3, "N10.FR.04"), request_id)


@case("TC_N_32_CS", requirements=("N10.FR.01", "N10.FR.06"))
async def clear_without_report(bench: Bench) -> None:
    request_id = await request_information(bench.step(2), information_request(bench, bench.tokens.valid, clear=True))
    await receive_single_message(bench.step(3, "N10.FR.06"), request_id)


@case("TC_N_33_CS", requirements=("N10.FR.05",), before=customer_information_unavailable)
async def clear_not_accepted(bench: Bench) -> None:
    request = information_request(bench, bench.tokens.valid, report=True, clear=True)
    await bench.step(2).call(request, status=NOT_PROCESSED)


async def _customer_stored(bench: Bench) -> None:
    await bench.operator.store_customer(bench.settings.customer_identifier)


@case("TC_N_62_CS", requirements=("N10.FR.01", "N10.FR.03"), before=_customer_stored)
async def customer_identifier(bench: Bench) -> None:
    customer = bench.settings.customer_identifier
    request_id = await request_information(bench.step(2), information_request(bench, customer, report=True, clear=True))
    cleared = await receive_report(bench.step(3, "N10.FR.03"), request_id)
    bench.check(bool(cleared), "data about the customer", "none")
    request_id = await request_information(bench.step(6), information_request(bench, customer, report=True))
    left = await receive_report(bench.step(7, "N10.FR.03"), request_id)
    bench.check(left == "", "no data about the customer", left)


async def _contract_used(bench: Bench) -> None:
    """A driver has charged by the contract, and the EV has ended the session."""
    await contract_authorized(bench)
    await energy_transfer_started(bench)
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.ev_stop(bench.settings.evse_id)
    await authorization_ended(bench, "StopAuthorized", ("StoppedByEV",))


@case(
    "TC_N_63_CS",
    requirements=("N10.FR.01", "N10.FR.03", "N10.FR.09"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _contract_used),
)
async def customer_certificate(bench: Bench) -> None:
    """A contract certificate must not remain in the station, so the first report may have data or none."""
    certificates = bench.commissioner.iso15118
    chain = certificates_from_pem(certificates.contract.chain)
    customer = certificate_hash(chain[0], certificates.mobility_operator.sub_ca_2.certificate)
    request_id = await request_information(bench.step(2), information_request(bench, customer, report=True, clear=True))
    await receive_report(bench.step(3, "N10.FR.03"), request_id)
    request_id = await request_information(bench.step(6), information_request(bench, customer, report=True))
    left = await receive_report(bench.step(7, "N10.FR.03"), request_id)
    bench.check(left == "", "no data about the customer", left)
