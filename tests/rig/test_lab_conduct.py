"""The watch on the lab's CALLs finds each kind of fault in a record made by hand."""

import pytest
from tests.rig.lab_conduct import ConductWatch

from plugfest import clock
from plugfest.lab.composition import compose
from plugfest.lab.recording.record import Direction
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product

STATION, LAB = Direction.FROM_STATION, Direction.FROM_LAB
BOOT = '[2,"s1","BootNotification",{}]'
STATUS = '[2,"s2","StatusNotification",{}]'
CLEAR = '[2,"l1","ClearCache",{}]'
TRIGGER = '[2,"l2","TriggerMessage",{"requestedMessage":"BootNotification"}]'


def answer(message_id: str, status: str = "Accepted") -> str:
    return f'[3,"{message_id}",{{"status":"{status}"}}]'


RIGHT = {
    "answer first": [(STATION, STATUS), (LAB, answer("s2")), (LAB, CLEAR)],
    "left unanswered": [(STATION, STATUS), (LAB, CLEAR)],
    "one after the other": [(LAB, CLEAR), (STATION, answer("l1")), (LAB, TRIGGER)],
    "accepted": [(STATION, BOOT), (LAB, answer("s1")), (LAB, CLEAR)],
    "pending": [(STATION, BOOT), (LAB, answer("s1", "Pending")), (LAB, CLEAR)],
    "triggered": [(LAB, TRIGGER), (STATION, answer("l2")), (STATION, BOOT), (LAB, answer("s1"))],
}

WRONG = {
    "owed": ([(STATION, STATUS), (LAB, CLEAR), (LAB, answer("s2"))], "while the answer to StatusNotification"),
    "open": ([(LAB, CLEAR), (LAB, TRIGGER)], "while ClearCache (frame 0) is not answered"),
    "before the boot": ([(LAB, CLEAR), (STATION, answer("l1")), (STATION, BOOT), (LAB, answer("s1"))], "accepted"),
    "rejected": ([(STATION, BOOT), (LAB, answer("s1", "Rejected")), (LAB, CLEAR)], "accepted"),
}


def faults(frames: list[tuple[Direction, str]]) -> list[str]:
    async def main() -> list[str]:
        lab = compose(load_product("alpitronic-hyc-200-eu"), LabSettings())
        watch = ConductWatch(lab)
        for direction, text in frames:
            lab.record.add(direction, text)
        return [fault.reason for fault in watch.faults()]

    return clock.run_simulated(main())


@pytest.mark.parametrize("name", RIGHT)
def test_what_ocpp_allows_is_no_fault(name: str) -> None:
    assert faults(RIGHT[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_of_fault_is_found(name: str) -> None:
    frames, reason = WRONG[name]
    (fault,) = faults(frames)
    assert reason in fault
