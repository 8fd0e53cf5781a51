"""TriggerMessage."""

from typing import Any

from plugfest.lab.case import case
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.expectations import every_item, has
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import configured_measurands, missing_measurands
from plugfest.ocpp.message import UNSET, Request
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

FIRMWARE_MANAGEMENT = "FirmwareManagement"


def trigger_message(requested: str, connector_id: int | None = None) -> m.TriggerMessageRequest:
    """TriggerMessage for a connector, or for the whole station."""
    return m.TriggerMessageRequest(
        requested_message=t.TriggerMessageRequestedMessage(requested),
        connector_id=UNSET if connector_id is None else connector_id,
    )


@case("TC_054_CS", requirements=("section 5.17",))
async def every_message(bench: Bench) -> None:
    """Derived from the specification: meter values have context Trigger, and a status without a transfer is Idle.

    A CSMS does not trigger BootNotification of an accepted station (errata sheet 3.40).
    """
    connector_id = bench.connector_id
    status = {"connector_id": connector_id, "status": "Available"}
    await meter_values_sent(bench.step(1, "errata sheet 3.46"))
    await message_sent(bench.step(4), m.HeartbeatRequest, {})
    await message_sent(bench.step(7), m.StatusNotificationRequest, status, connector_id)
    await sent_if_implemented(bench.step(10), m.DiagnosticsStatusNotificationRequest)
    await sent_if_implemented(bench.step(13), m.FirmwareStatusNotificationRequest)


async def meter_values_sent(bench: Bench) -> None:
    """Every measurand of MeterValuesSampledData; no SoC without an EV."""
    configured = await configured_measurands(bench, "MeterValuesSampledData") - {"SoC"}
    triggered = every_item(has(sampled_value=every_item(has(context="Trigger"))))
    await trigger(bench, trigger_message("MeterValues", bench.connector_id), m.MeterValuesRequest)
    received = await bench.expect(m.MeterValuesRequest, connector_id=bench.connector_id, meter_value=triggered)
    samples = [sample for value in received.message.meter_value for sample in value.sampled_value]
    while missing_measurands(configured, samples):  # one reading may take several messages (4.7)
        more = await bench.expect_optional(
            m.MeterValuesRequest,
            within=bench.settings.time_tolerance,
            connector_id=bench.connector_id,
            meter_value=triggered,
        )
        if more is None:
            break
        samples += [sample for value in more.message.meter_value for sample in value.sampled_value]
    missing = ", ".join(sorted(missing_measurands(configured, samples)))
    bench.check(not missing, f"values of {', '.join(sorted(configured))}", f"no {missing}", frame=received.frame.index)


async def message_sent(
    bench: Bench, kind: type[Request[Any]], checks: dict[str, Any], connector_id: int | None = None
) -> None:
    """The station accepts the TriggerMessage, and then sends the message."""
    await trigger(bench, trigger_message(kind.action, connector_id), kind)
    await bench.expect(kind, **checks)


async def sent_if_implemented(bench: Bench, kind: type[Request[Any]]) -> None:
    """Status Idle; NotImplemented from a station without firmware management."""
    if FIRMWARE_MANAGEMENT in bench.configuration.members("SupportedFeatureProfiles"):
        await message_sent(bench, kind, {"status": "Idle"})
    else:
        await bench.call(trigger_message(kind.action), status="NotImplemented")


@case("TC_055_CS", requirements=("section 5.17",))
async def unknown_connector(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    request = trigger_message("MeterValues", max(bench.connectors) + 1)
    await bench.step(1).call_or_error(request, status="Rejected")
    await bench.silence(m.MeterValuesRequest, seconds=bench.settings.time_tolerance)
