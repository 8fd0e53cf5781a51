"""Wrong stations of OCPP 1.6 with one deviation each: the cases that check it fail."""

from typing import Any

import pytest

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong
from plugfest.rig.selftest.behaviours.builders import with_fields
from plugfest.rig.selftest.behaviours.run import behaviour_runs
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.connection.registration import Registration
from plugfest.station.model import station_model
from plugfest.station.model.charging.cables import Cables


def _sends_queue_while_pending(original: Function) -> Function:
    """Sends the queued messages although the CSMS answers BootNotification with Pending."""

    def take(self: Any, answer: Any) -> None:
        original(self, answer)
        if answer.status is RegistrationStatus.PENDING:
            self._events.boot_accepted()

    return take


def _releases_cable(original: Function) -> Function:
    """Releases the cable when the EV side is unplugged."""

    def unplugged(self: Any, session: Any, path: Any) -> None:
        original(self, session, path)
        session.unlock_authorization = None
        path.unlock_cable()

    return unplugged


WRONG = (
    wrong(
        "sends queued messages while pending",
        "4.2",
        "TC_002",
        Patch(Registration, "_apply", _sends_queue_while_pending),
    ),
    wrong(
        "unlocks the cable on EV disconnect", "4.10", "TC_005_2 TC_005_3", Patch(Cables, "_unplugged", _releases_cable)
    ),
    wrong(
        "never unlocks the cable on EV disconnect",
        "4.10",
        "TC_005_1",
        Patch(station_model, "charging_settings", with_fields(unlock_on_ev_side_disconnect=False)),
    ),
)


@pytest.mark.parametrize("behaviour", WRONG, ids=lambda behaviour: behaviour.name)
def test_the_cases_detect_it(behaviour: Behaviour) -> None:
    runs = list(behaviour_runs(behaviour, ["reference-16-ac"]))
    assert [(one.case_id, one.detected, one.problem) for one in runs] == [(one, True, None) for one in behaviour.cases]
