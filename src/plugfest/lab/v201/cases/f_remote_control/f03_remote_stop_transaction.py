"""F03 Remote Stop Transaction."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import stop_authorized
from plugfest.lab.v201.states.energy_transfer import charging_continues, energy_transfer_started
from plugfest.ocpp.v201 import messages as m


@case(
    "TC_F_08_CS",
    requirements=("F03.FR.02", "F03.FR.03", "F03.FR.07", "F03.FR.09"),
    before=energy_transfer_started,
)
async def success(bench: Bench) -> None:
    bench.step(1)
    await stop_authorized(bench, how="remote")


@case("TC_F_09_CS", requirements=("F03.FR.08",), before=energy_transfer_started)
async def rejected(bench: Bench) -> None:
    await bench.step(2).call(
        m.RequestStopTransactionRequest(transaction_id="no-transaction-has-this-id"), status="Rejected"
    )
    await charging_continues(bench, seconds=bench.settings.time_tolerance)
