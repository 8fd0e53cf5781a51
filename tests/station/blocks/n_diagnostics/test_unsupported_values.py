"""Values of requests that the PICS lists as unsupported (B08.FR.02, N02.FR.02, N03.FR.02)."""

from collections.abc import Callable

import pytest
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

COMPONENT, MONITORING = t.ComponentCriterionEnumType, t.MonitoringCriterionEnumType


def report(*criteria: t.ComponentCriterionEnumType) -> m.GetReportRequest:
    return m.GetReportRequest(request_id=1, component_criteria=list(criteria))


def monitors(*criteria: t.MonitoringCriterionEnumType) -> m.GetMonitoringReportRequest:
    return m.GetMonitoringReportRequest(request_id=1, monitoring_criteria=list(criteria))


def base(name: str) -> m.SetMonitoringBaseRequest:
    return m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType(name))


Request = m.GetReportRequest | m.GetMonitoringReportRequest | m.SetMonitoringBaseRequest


@pytest.mark.parametrize(
    ("product", "request_sent", "status"),
    [
        ("reference-dc", lambda: report(COMPONENT.Active), "NotSupported"),
        ("reference-dc", lambda: report(COMPONENT.Available, COMPONENT.Active), "NotSupported"),
        ("reference-dc", lambda: report(COMPONENT.Available), "Accepted"),
        ("reference-ac-fixed", lambda: report(COMPONENT.Active), "EmptyResultSet"),
        ("reference-ac-fixed", lambda: monitors(MONITORING.PeriodicMonitoring), "NotSupported"),
        ("reference-ac-fixed", lambda: monitors(MONITORING.DeltaMonitoring), "EmptyResultSet"),
        ("reference-dc", lambda: monitors(MONITORING.PeriodicMonitoring), "EmptyResultSet"),
        ("reference-ac-fixed", lambda: base("FactoryDefault"), "NotSupported"),
        ("reference-ac-fixed", lambda: base("HardWiredOnly"), "Accepted"),
        ("reference-dc", lambda: base("FactoryDefault"), "Accepted"),
    ],
)
def test_only_what_the_pics_lists_is_not_supported(
    product: str, request_sent: Callable[[], Request], status: str
) -> None:
    async def run() -> None:
        async with powered_station(product) as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            response = await csms.call(request_sent())
            assert response.status == status
            if status == "NotSupported":
                assert response.status_info.reason_code == "UnsupportedParam"

    run_simulated(run())


def test_the_active_base_can_be_every_base_that_is_supported() -> None:
    async def run() -> None:
        async with powered_station("reference-ac-fixed") as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            (variable,) = (
                each for each in station.station.context.device_model if each.address.variable == "ActiveMonitoringBase"
            )
            assert variable.characteristics.values == ("All", "HardWiredOnly")

    run_simulated(run())
