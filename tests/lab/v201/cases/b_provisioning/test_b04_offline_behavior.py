"""TC_B_52: after a short outage the station reports only the statuses that have changed."""

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation, variable

from plugfest.lab.case import case
from plugfest.lab.v201.cases.b_provisioning.b04_offline_behavior_idle_charging_station import shorter_than_the_threshold
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

BOOT = m.BootNotificationRequest(
    charging_station=t.ChargingStationType(model="S", vendor_name="Scripted"), reason=t.BootReasonEnumType.PowerUp
)

TESTED = case("TC_X_01_CS")(shorter_than_the_threshold.body)
"""The case without its preparation."""


def _result(*reported: tuple[str, int], back_off: float = 20.0, registers: bool = False) -> CaseResult:
    """Of a station that reports these statuses of connectors 1 of EVSEs when it is back.

    `registers`: it sends a BootNotificationRequest before them.
    """

    def prepare(station: ScriptedStation) -> None:
        async def is_back() -> None:
            if registers and station.connections > 1:
                await station.sends(BOOT)
            for status, evse_id in reported if station.connections > 1 else ():
                await station.reports_status(status, evse_id)

        station.on_connected = is_back
        station.back_off = back_off
        station.variables = [variable("TxCtrlr", "TxStartPoint", "Authorized")]

    async def acted(station: ScriptedStation, action: str) -> None:
        if action == "unplug":
            await station.reports_status("Available")

    (result,) = campaign(TESTED, prepare=prepare, on_action=acted)
    return result


def test_the_status_that_has_changed_is_enough() -> None:
    assert _result(("Occupied", 1)).verdict is Verdict.PASS


def test_a_status_that_has_not_changed_is_a_finding_also_after_the_changed_one() -> None:
    result = _result(("Occupied", 1), ("Available", 2))
    assert [finding.actual for finding in result.findings] == ["also Available of connector 1 of EVSE 2"]


def test_a_station_that_registers_again_reports_every_status() -> None:
    assert _result(("Occupied", 1), ("Available", 2), registers=True).verdict is Verdict.PASS


def test_after_a_long_outage_nothing_is_known_about_the_station() -> None:
    result = _result(("Occupied", 1), ("Available", 2), back_off=40.0)
    assert result.verdict is Verdict.INCONCLUSIVE
