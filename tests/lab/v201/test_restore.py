"""The requests that restore a station of OCPP 2.0.1 after a case."""

from typing import Any, cast

import pytest

from plugfest.lab.restore.commands import RestoreList, StationNotIdle
from plugfest.lab.settings import Tokens
from plugfest.lab.v201.memory.local_list import full_list
from plugfest.lab.v201.restore import RESTORE_REQUESTS, V201RestoreCommands, restore_requests
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

SENT = full_list(4, Tokens().valid)


def answer(status: str) -> m.SendLocalListResponse:
    return m.SendLocalListResponse(status=t.SendLocalListStatusEnumType(status))


@pytest.mark.parametrize("response", [answer("Accepted"), None])
def test_a_list_that_may_be_stored_is_emptied_under_a_later_version(response: m.SendLocalListResponse | None) -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(SENT, response)
    assert restore_list.take() == [full_list(5)]


@pytest.mark.parametrize(
    ("request_sent", "status"), [(SENT, "Failed"), (SENT, "VersionMismatch"), (full_list(4), "Accepted")]
)
def test_a_refused_list_and_an_empty_one_are_not_restored(request_sent: m.SendLocalListRequest, status: str) -> None:
    restore_list = RestoreList(RESTORE_REQUESTS)
    restore_list.note(request_sent, answer(status))
    assert restore_list.take() == []


@pytest.mark.parametrize(("status", "restored"), [("Accepted", True), ("NotSupported", False)])
def test_only_a_monitoring_base_that_was_set_is_restored(status: str, restored: bool) -> None:
    restore_list = RestoreList(restore_requests(cast(Any, Values(None))))
    response = m.SetMonitoringBaseResponse(status=t.GenericDeviceModelStatusEnumType(status))
    restore_list.note(m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType.HardWiredOnly), response)
    assert bool(restore_list.take()) is restored


class Values:
    """The values of a station's variables."""

    def __init__(self, enabled: str | None) -> None:
        self._enabled = enabled

    def value(self, name: str) -> str | None:
        return self._enabled if name == "LocalAuthListCtrlr.Enabled" else None


@pytest.mark.parametrize(
    ("enabled", "status", "idle"),
    [
        ("true", "Accepted", True),
        ("true", "Failed", False),
        (None, "Failed", False),
        ("false", "Failed", True),
    ],
)
def test_a_station_whose_list_is_not_emptied_is_not_idle(enabled: str | None, status: str, idle: bool) -> None:
    none = cast(Any, None)
    commands = V201RestoreCommands(none, none, cast(Any, Values(enabled)), timeout=1)
    if idle:
        commands.check_restored(full_list(5), answer(status))
    else:
        with pytest.raises(StationNotIdle, match="not emptied: Failed"):
            commands.check_restored(full_list(5), answer(status))
