"""Planted defects are found, each by a rule that fits it; the whole list is run by `plugfest simulate --defects`."""

import pytest

from plugfest.rig.selftest.behaviours.behaviour import patched
from plugfest.rig.simulation.defects import DEFECTS, detect
from plugfest.rig.simulation.run import run_world
from plugfest.rig.simulation.shrinking import shortened
from plugfest.rig.simulation.worlds.generation import generate

FOUND = {
    "a message is given up after one attempt": "messages about transactions are in order",
    "energy without an authorization": "energy only with an authorization",
    "every token is accepted": "energy only for an accepted token",
    "the cable is not locked": "energy only with a locked cable",
    "limits are not applied": "an EVSE obeys its charging profiles",
    "messages before the station is accepted": "nothing before the station is accepted",
    "a second CALL before the answer": "one CALL at a time",
    "a request is not answered": "every request of the CSMS is answered",
    "reconnection is given up": "the station is online again",
    "the meter forgets its register": "all energy is reported",
    "a number is left out": "seqNo has no gap",
    "a changed measurement is ignored": "energy only in a transaction",
    "a message is not cleared": "a message that was cleared is not shown",
    "the ids of events begin anew": "an eventId is that of one event",
    "messages queued offline are sent after newer ones": "queued messages are sent oldest first",
    "a failed meter is not noticed": "energy only while its meter can be read",
    "the error of a meter is not handled": "no error in the software",
}
BY_NAME = {defect.name: defect for defect in DEFECTS}


def test_there_are_twenty_defects_with_names_of_their_own() -> None:
    assert len(BY_NAME) == len(DEFECTS) >= 20


@pytest.mark.parametrize("name", FOUND)
def test_a_defect_is_found(name: str) -> None:
    detection = detect(BY_NAME[name], range(1, 60), enough=1)
    assert [each.violation.rule for each in detection.found] == [FOUND[name]]


def test_the_story_of_a_defect_is_shortened_to_what_is_needed() -> None:
    defect = BY_NAME["energy without an authorization"]
    detection = detect(defect, range(1, 20), enough=1)
    with patched(defect.patches):
        found = shortened(run_world(generate(detection.found[0].seed)))
    assert [type(event).__name__ for event in found.world.events] == ["PlugIn"]
    assert found.world.settings == {}
