"""A case fails as soon as its outcome is known, and the finding has what came: no wait lasts until its time-out."""

from typing import Any

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation
from tests.lab.wrong_stations.two_cases import found

from plugfest.lab.selection import cases
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

REFUSALS: tuple[tuple[str, type[Request[Any]], Response], ...] = (
    ("TC_B_13_CS", m.GetBaseReportRequest, m.GetBaseReportResponse(status=t.GenericDeviceModelStatusEnumType.Rejected)),
    ("TC_B_20_CS", m.ResetRequest, m.ResetResponse(status=t.ResetStatusEnumType.Rejected)),
    ("TC_B_54_CS", m.GetReportRequest, m.GetReportResponse(status=t.GenericDeviceModelStatusEnumType.Rejected)),
    ("TC_F_20_CS", m.TriggerMessageRequest, m.TriggerMessageResponse(status=t.TriggerMessageStatusEnumType.Rejected)),
    ("TC_N_35_CS", m.GetLogRequest, m.GetLogResponse(status=t.LogStatusEnumType.Rejected)),
)


@pytest.mark.parametrize(("case_id", "kind", "refusal"), REFUSALS)
def test_nothing_is_awaited_after_an_answer_that_refuses(
    case_id: str, kind: type[Request[Any]], refusal: Response
) -> None:
    def refuse(station: ScriptedStation) -> None:
        inventory = station.handlers[m.GetBaseReportRequest]  # the lab reads it once before the case
        answers = [inventory] if kind is m.GetBaseReportRequest else []
        station.handlers[kind] = lambda request: answers.pop()(request) if answers else refusal

    (result,) = campaign(cases("2.0.1")[case_id], prepare=refuse)
    assert result.verdict is Verdict.FAIL
    assert result.duration_s < 5
    assert f"{type(refusal).__name__}.status is Accepted: Rejected" in found(result)


def test_a_boot_with_the_wrong_reason_ends_the_wait_for_the_right_one() -> None:
    async def boots_again(station: ScriptedStation, action: str) -> None:
        if action == "power cycle":
            await station.boots(t.BootReasonEnumType.RemoteReset)

    (result,) = campaign(cases("2.0.1")["TC_B_01_CS"], on_action=boots_again)
    assert result.verdict is Verdict.FAIL
    assert result.duration_s < 10
    assert "BootNotificationRequest.reason is PowerUp or LocalReset or Unknown: RemoteReset" in found(result)
