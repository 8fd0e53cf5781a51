"""TriggerMessage."""

from typing import Any

from plugfest.lab.case import case
from plugfest.lab.checks.triggered_message import trigger
from plugfest.lab.expectations import every_item, has
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.readings import configured_measurands, lacking
from plugfest.ocpp.message import UNSET, Request
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t

FIRMWARE_MANAGEMENT = "FirmwareManagement"


def trigger_message(requested: str, connector_id: int | None = None) -> m.TriggerMessageRequest:
    """TriggerMessage, for the whole station if no connector is named."""
    return m.TriggerMessageRequest(
        requested_message=t.TriggerMessageRequestedMessage(requested),
        connector_id=UNSET if connector_id is None else connector_id,
    )


@case("TC_054_CS", requirements=("section 5.17",))
async def every_message(bench: Bench) -> None:
    """Derived from the specification: meter values say that they were triggered, and what does not go on is Idle.

    A CSMS does not ask an accepted station for BootNotification (errata sheet 3.40).
    """
    which = bench.connector_id
    await meter_values_come(bench.step(1, "errata sheet 3.46"))
    await comes(bench.step(4), m.HeartbeatRequest, {})
    await comes(bench.step(7), m.StatusNotificationRequest, {"connector_id": which, "status": "Available"}, which)
    await comes_if_implemented(bench.step(10), m.DiagnosticsStatusNotificationRequest)
    await comes_if_implemented(bench.step(13), m.FirmwareStatusNotificationRequest)


async def meter_values_come(bench: Bench) -> None:
    """Every measurand of MeterValuesSampledData; with no EV there, no state of charge."""
    wanted = await configured_measurands(bench, "MeterValuesSampledData") - {"SoC"}
    taken = every_item(has(sampled_value=every_item(has(context="Trigger"))))
    await trigger(bench, trigger_message("MeterValues", bench.connector_id), m.MeterValuesRequest)
    seen = await bench.expect(m.MeterValuesRequest, connector_id=bench.connector_id, meter_value=taken)
    samples = [sample for value in seen.message.meter_value for sample in value.sampled_value]
    missing = ", ".join(sorted(lacking(wanted, samples)))
    bench.check(not missing, ", ".join(sorted(wanted)), f"no {missing}", frame=seen.frame.index)


async def comes(
    bench: Bench, kind: type[Request[Any]], checks: dict[str, Any], connector_id: int | None = None
) -> None:
    """The station agrees, and the message comes after that."""
    await trigger(bench, trigger_message(kind.action, connector_id), kind)
    await bench.expect(kind, **checks)


async def comes_if_implemented(bench: Bench, kind: type[Request[Any]]) -> None:
    """A station without firmware management says NotImplemented; one that has it is doing nothing just now."""
    if FIRMWARE_MANAGEMENT in bench.configuration.members("SupportedFeatureProfiles"):
        await comes(bench, kind, {"status": "Idle"})
    else:
        await bench.call(trigger_message(kind.action), status="NotImplemented")


@case("TC_055_CS", requirements=("section 5.17",))
async def unknown_connector(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    request = trigger_message("MeterValues", max(bench.connectors) + 1)
    await bench.step(1).call_or_error(request, status="Rejected")
    await bench.silence(m.MeterValuesRequest, seconds=bench.settings.time_tolerance)
