"""Each rule for frames is broken by a short conversation, and by no correct one."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from plugfest.hardware.ports import Pilot
from plugfest.link.peer import Direction
from plugfest.rig.simulation.invariants.frames import parsed
from plugfest.rig.simulation.invariants.history import ClockSpread, History, InstalledProfile
from plugfest.rig.simulation.invariants.observation import ConnectorView, EvseView, Observation, Resources
from plugfest.rig.simulation.invariants.rules import FRAME_RULES, MOMENT_RULES, Violation, violations
from plugfest.rig.simulation.worlds.events import Period, SetProfile

SENT, RECEIVED = Direction.SENT, Direction.RECEIVED

BOOT = [(SENT, '[2,"b","BootNotification",{}]'), (RECEIVED, '[3,"b",{"status":"Accepted","interval":300}]')]
START = '{"connectorId":1,"idTag":"T1","meterStart":100,"timestamp":"2026-03-02T08:00:00Z"}'


def event(number: int, kind: str, register: float = 100.0, transaction: str = "x", message_id: str = "") -> str:
    """A TransactionEvent."""
    values = [{"timestamp": "", "sampledValue": [{"value": register, "measurand": "Energy.Active.Import.Register"}]}]
    payload = {
        "eventType": kind,
        "seqNo": number,
        "transactionInfo": {"transactionId": transaction},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": values,
    }
    return msgspec.json.encode([2, message_id or f"m{number}", "TransactionEvent", payload]).decode()


def answer(message_id: str) -> tuple[Direction, str]:
    return RECEIVED, f'[3,"{message_id}",{{}}]'


def broken(frames: list[tuple[Direction, str]], version: str = "2.0.1") -> list[Violation]:
    """The rules that a conversation breaks; one frame a second."""
    history = History(version, {}, attempts=3, starts_unknown=False)
    history.power_on()
    found: list[Violation] = []
    for at, (direction, text) in enumerate(frames):
        frame = parsed(direction, text, float(at))
        found += violations(FRAME_RULES, history, frame, frame.at)
        history.apply(frame)
    return found


def test_a_correct_conversation_breaks_no_rule() -> None:
    frames = [
        *BOOT,
        (SENT, event(0, "Started")),
        answer("m0"),
        (SENT, event(1, "Updated", 150)),
        (SENT, event(1, "Updated", 150, message_id="again")),
        answer("again"),
        (SENT, event(2, "Ended", 160)),
        answer("m2"),
        (RECEIVED, '[2,"c","ClearCache",{}]'),
        (SENT, '[3,"c",{"status":"Accepted"}]'),
    ]
    assert [each.rule for each in broken(frames)] == ["one CALL at a time"]  # it is sent again after a second only


@pytest.mark.parametrize(
    ("frames", "rule"),
    [
        ([(SENT, '[2,"h","Heartbeat",{}]')], "nothing before the station is accepted"),
        ([*BOOT, (SENT, '[2,"1","Heartbeat",{}]'), (SENT, '[2,"2","Heartbeat",{}]')], "one CALL at a time"),
        ([*BOOT, (SENT, '[3,"unknown",{}]')], "an answer belongs to a CALL"),
        ([*BOOT, (SENT, event(0, "Started")), answer("m0"), (SENT, event(2, "Updated"))], "seqNo has no gap"),
        ([*BOOT, (SENT, event(0, "Updated"))], "a transaction starts first and ends last"),
        (
            [*BOOT, (SENT, event(0, "Started")), answer("m0"), (SENT, event(1, "Updated", 50.0))],
            "the register never falls",
        ),
        (
            [*BOOT, (SENT, event(0, "Started")), answer("m0"), (SENT, event(0, "Started", message_id="again"))],
            "nothing is sent again after its answer",
        ),
        (
            [*BOOT, (SENT, event(0, "Started")), answer("m0"), (SENT, event(0, "Started", transaction="y"))],
            "one transaction at an EVSE",
        ),
        (
            [
                *BOOT,
                (SENT, event(0, "Started")),
                (RECEIVED, '[4,"m0","InternalError","",{}]'),
                (SENT, event(1, "Updated")),
            ],
            "messages about transactions are in order",
        ),
    ],
)
def test_a_wrong_conversation_breaks_a_rule(frames: list[tuple[Direction, str]], rule: str) -> None:
    assert rule in [each.rule for each in broken(frames)]


def status(message_id: str, time: str) -> tuple[Direction, str]:
    """A StatusNotification, which has its time."""
    return (
        SENT,
        f'[2,"{message_id}","StatusNotification",{{"timestamp":"2026-03-02T{time}Z","connectorId":1,"evseId":1}}]',
    )


def test_a_queued_message_that_is_sent_after_a_newer_one_breaks_a_rule() -> None:
    frames = [*BOOT, status("1", "08:10:00"), answer("1"), status("2", "08:05:00"), answer("2")]
    assert [each.rule for each in broken(frames)] == ["queued messages are sent oldest first"]


def test_a_time_may_be_before_another_by_as_much_as_the_clock_was_set_back() -> None:
    spread = ClockSpread()
    assert spread.total == timedelta(0)
    for seconds in (-30, 60, 10):
        spread.observe(timedelta(seconds=seconds))
    assert spread.total == timedelta(seconds=90)


def test_a_transaction_of_ocpp_16_has_the_id_of_the_csms() -> None:
    frames = [
        *BOOT,
        (SENT, f'[2,"s","StartTransaction",{START}]'),
        (RECEIVED, '[3,"s",{"transactionId":7,"idTagInfo":{"status":"Accepted"}}]'),
        (SENT, '[2,"e","StopTransaction",{"transactionId":7,"meterStop":90,"timestamp":""}]'),
    ]
    assert [each.rule for each in broken(frames, "1.6")] == ["the register never falls"]


CONNECTOR = ConnectorView(id=1, closed=True, pilot=Pilot.EV_READY, faulted=False, locked=True)
EVSE = EvseView(
    id=1,
    connectors=(CONNECTOR,),
    power=7000.0,
    measured=7000.0,
    meter_failed=False,
    currents=(10.0,) * 3,
    phases=3,
    token="T1",
    transaction_start=datetime(2026, 3, 2, tzinfo=UTC),
)
MOMENT = Observation(at=1.0, now=None, evses=(EVSE,), resources=Resources(queued=0, tasks=1, timers=1), problems=())


def moment(**changes: object) -> Observation:
    """The moment with another EVSE."""
    return msgspec.structs.replace(MOMENT, evses=(msgspec.structs.replace(EVSE, **changes),))


def connector(**changes: object) -> Observation:
    return moment(connectors=(msgspec.structs.replace(CONNECTOR, **changes),))


@pytest.mark.parametrize(
    ("observed", "rule"),
    [
        (MOMENT, None),
        (moment(token=None), "energy only with an authorization"),
        (moment(token="T9"), "energy only for an accepted token"),
        (connector(pilot=Pilot.NO_EV), "energy only for a connected EV that is ready"),
        (connector(locked=False), "energy only with a locked cable"),
        (moment(meter_failed=True), "energy only while its meter can be read"),
        (moment(transaction_start=None), "energy only in a transaction"),
        (moment(transaction_start=None, measured=0.0), None),
        (msgspec.structs.replace(MOMENT, problems=("a traceback",)), "no error in the software"),
        (
            msgspec.structs.replace(MOMENT, resources=Resources(queued=5000, tasks=1, timers=1)),
            "queues, tasks and timers are bounded",
        ),
    ],
)
def test_a_rule_for_moments(observed: Observation, rule: str | None) -> None:
    history = History("2.0.1", {}, attempts=3, starts_unknown=False)
    history.power_on()
    history.was_accepted = True
    history.accepted_tokens.add("T1")
    assert [each.rule for each in violations(MOMENT_RULES, history, observed, 1.0)] == ([] if rule is None else [rule])


@pytest.mark.parametrize(("started", "rules"), [(8, ["an EVSE obeys its charging profiles"]), (9, [])])
def test_a_profile_of_a_transaction_does_not_limit_the_next_one(started: int, rules: list[str]) -> None:
    """The station is offline: the end of the first transaction is not known to the CSMS."""
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    profile = SetProfile(
        at=0,
        evse=1,
        id=5,
        purpose="Transaction",
        stack_level=0,
        unit="W",
        relative=True,
        periods=(Period(start=0, limit=4000.0),),
    )
    history = History("2.0.1", {}, attempts=3, starts_unknown=False)
    history.power_on()
    history.was_accepted = True
    history.accepted_tokens.add("T1")
    history.profiles = {5: InstalledProfile(profile, None, "x", start)}
    observed = moment(transaction_start=start.replace(hour=started))
    observed = msgspec.structs.replace(observed, now=start.replace(hour=10))
    assert [each.rule for each in violations(MOMENT_RULES, history, observed, 1.0)] == rules
