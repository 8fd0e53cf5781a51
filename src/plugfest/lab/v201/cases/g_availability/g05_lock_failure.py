"""G05 Lock Failure."""

from plugfest.lab.case import case
from plugfest.lab.expectations import any_item, has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.transaction_points import start_points
from plugfest.ocpp.v201 import messages as m


async def cable_half_way_in(bench: Bench) -> None:
    """EVConnectedPreSession with a plug that is not seated far enough for the lock."""
    await ev_connected_pre_session(bench, seated=False)


@case("TC_G_20_CS", requirements=("G05.FR.01", "G05.FR.02"), before=cable_half_way_in)
async def lock_failure(bench: Bench) -> None:
    await authorized(bench.step(1))
    problem = has(
        trigger="Delta",
        actual_value=one_of("true", "True", "TRUE", "1"),
        component=has(
            name="ConnectorPlugRetentionLock",
            evse=has(id=bench.settings.evse_id, connector_id=bench.settings.connector_id),
        ),
        variable=has(name="Problem"),
    )
    await bench.step(2, "G05.FR.02").expect(m.NotifyEventRequest, event_data=any_item(problem))
    if "DataSigned" in start_points(bench):
        await bench.expect_optional(  # signed data does not need energy
            m.TransactionEventRequest, within=bench.settings.time_tolerance, event_type="Started"
        )
    await bench.step("post scenario", "G05.FR.01").silence(
        m.TransactionEventRequest,
        seconds=bench.settings.transaction_duration,
        transaction_info=has(charging_state=one_of("Charging", "SuspendedEV")),
    )
