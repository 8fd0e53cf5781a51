"""E15 End of charging process."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.iso15118.authorized import PLUG_AND_CHARGE, contract_authorized, roots_installed
from plugfest.lab.v201.states.transaction_event import transaction_event
from plugfest.lab.v201.states.transaction_points import deauthorization_ends
from plugfest.ocpp.message import UNSET


@case(
    "TC_E_46_CS",
    requirements=("E15.FR.04", "E15.FR.05"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, contract_authorized, energy_transfer_started),
)
async def end_of_charging_process(bench: Bench) -> None:
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.ev_stop(bench.settings.evse_id)
    ends = await deauthorization_ends(bench)
    bench.step(1, "E15.FR.04" if ends else "E15.FR.05")
    bench.known_state.update(authorized=False, energy_transfer=False)
    await transaction_event(
        bench,
        "Ended" if ends else "Updated",
        trigger_reason="StopAuthorized",
        transaction_info=has(charging_state="EVConnected", stopped_reason="StoppedByEV" if ends else UNSET),
    )
