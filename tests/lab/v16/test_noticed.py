"""Stations of OCPP 1.6 that are wrong in one thing: the case that is about it notices."""

from typing import Any

import pytest

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.rig.selftest.behaviours.run import behaviour_runs
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.connection.registration import Registration
from plugfest.station.model import station_model
from plugfest.station.model.charging.cables import Cables


def _tells_all_at_once(right: Function) -> Function:
    """It sends what is queued whatever the CSMS says to its BootNotification, in the same moment."""

    def take(self: Any, answer: Any) -> None:
        right(self, answer)
        if answer.status is RegistrationStatus.PENDING:
            self._events.boot_accepted()

    return take


def _lets_go(right: Function) -> Function:
    def unplugged(self: Any, visit: Any, path: Any) -> None:
        right(self, visit, path)
        visit.keyholder = None
        path.release()

    return unplugged


WRONG = (
    wrong("it does not wait for the CSMS", "4.2", "TC_002", Patch(Registration, "_take", _tells_all_at_once)),
    wrong("it gives the cable away", "4.10", "TC_005_2 TC_005_3", Patch(Cables, "_unplugged", _lets_go)),
    wrong(
        "it holds the cable in any case",
        "4.10",
        "TC_005_1",
        Patch(station_model, "charging_settings", with_fields(unlock_on_ev_side_disconnect=False)),
    ),
)


@pytest.mark.parametrize("behaviour", WRONG, ids=lambda behaviour: behaviour.name)
def test_it_is_noticed(behaviour: Behaviour) -> None:
    tried = list(behaviour_runs(behaviour, ["reference-16-ac"]))
    assert [(one.case_id, one.killed, one.problem) for one in tried] == [(one, True, None) for one in behaviour.cases]
