"""B02 Cold Boot Charging Station - Pending."""

from plugfest.lab.case import case
from plugfest.lab.expectations import has, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.registration import (
    PENDING_INTERVAL,
    accept_triggered_boot,
    boot_answered,
)
from plugfest.lab.v201.cases.b_provisioning.reports import base_report
from plugfest.lab.v201.cases.b_provisioning.variables import OFFLINE_THRESHOLD, get_request, set_request
from plugfest.lab.v201.states.connector_status import all_connectors_report
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


@case(
    "TC_B_02_CS",
    requirements=("B02.FR.01", "B02.FR.02", "B02.FR.04", "B02.FR.05", "B02.FR.06", "B02.FR.08", "F06.FR.17"),
)
async def pending(bench: Bench) -> None:
    bench.step(1, "B02.FR.01")
    await boot_answered(bench, "Pending", times=None)
    connections_before = bench.csms.connection_count
    bench.step(4, "B02.FR.01")
    await bench.call(
        set_request((OFFLINE_THRESHOLD, "300"), attribute_type=UNSET),
        set_variable_result=[has(attribute_status="Accepted")],
    )
    bench.configuration.note(OFFLINE_THRESHOLD, "300")
    bench.step(6, "B02.FR.01")
    await bench.call(
        get_request(OFFLINE_THRESHOLD, attribute_type=UNSET),
        get_variable_result=[has(attribute_status="Accepted", attribute_value="300")],
    )
    bench.step(8, "B02.FR.01")
    await base_report(bench, "FullInventory")
    bench.step(12, "B02.FR.05")
    await bench.call(
        m.RequestStartTransactionRequest(
            id_token=t.IdTokenType(id_token=bench.tokens.valid.id_token, type=t.IdTokenEnumType.Central),
            remote_start_id=2002,
            evse_id=bench.settings.evse_id,
        ),
        status="Rejected",
    )
    bench.step(14, "F06.FR.17")
    accept_triggered_boot(bench)
    bench.csms.inbox.set_mark()
    response = await bench.call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.BootNotification),
        status=one_of("Accepted", "NotImplemented"),
    )
    bench.step(15, "B02.FR.08")
    if response.status == "Accepted":
        await bench.expect(m.BootNotificationRequest, reason="Triggered")
    else:
        bench.csms.answers.reset(m.BootNotificationRequest)
        await bench.expect(m.BootNotificationRequest, within=2.0 * PENDING_INTERVAL)
    connections = bench.csms.connection_count - connections_before
    bench.check(connections == 0, "no disconnection while pending (B02.FR.06)", f"{connections} new connections")
    bench.step(17, "B01.FR.05")
    await all_connectors_report(bench, "Available")
