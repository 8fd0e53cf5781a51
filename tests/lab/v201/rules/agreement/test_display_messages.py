"""The display messages that a station reports."""

import pytest
from tests.lab.rules.evidence import stamp, violating_frames, violations
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.v201.rules.agreement.display_messages import display_messages

Payload = dict[str, object]


def info(id: int, content: str = "hello", **fields: object) -> Payload:
    return {"id": id, "priority": "InFront", "message": {"format": "UTF8", "content": content}} | fields


def empty() -> StationRecord:
    """The station has no display message."""
    record = StationRecord()
    record.asked(0, "GetDisplayMessages", status="Unknown", requestId=1)
    return record


def with_message(*messages: Payload) -> StationRecord:
    record = empty()
    for message in messages:
        record.asked(1, "SetDisplayMessage", message=message)
    return record


def requested(record: StationRecord, at: float = 10, status: str = "Accepted", **criteria: object) -> StationRecord:
    record.asked(at, "GetDisplayMessages", status=status, requestId=2, **criteria)
    return record


def reported(record: StationRecord, *messages: Payload, tbc: bool = False, at: float = 11) -> StationRecord:
    record.request(at, "NotifyDisplayMessages", {"requestId": 2, "tbc": tbc, "messageInfo": list(messages)}, {})
    return record


def frames(record: StationRecord) -> list[int | None]:
    return violating_frames(display_messages(), record)


def test_what_was_set_is_reported() -> None:
    assert frames(reported(requested(with_message(info(1))), info(1))) == []
    assert frames(reported(requested(with_message(info(1), info(2))), info(2), info(1))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        info(1, "goodbye"),
        info(1, priority="AlwaysFront"),
        info(1, state="Idle"),
        info(1, transactionId="T1"),
        info(1, startDateTime=stamp(5)),
        info(1, endDateTime=stamp(500)),
        info(1, display={"name": "Mutant"}),
        info(1) | {"message": {"format": "ASCII", "content": "hello"}},
        info(1) | {"message": {"format": "UTF8", "content": "hello", "language": "nl"}},
    ],
)
def test_a_message_is_reported_as_it_was_set(wrong: Payload) -> None:
    assert frames(reported(requested(with_message(info(1))), wrong)) == [6]


@pytest.mark.parametrize("permitted", [{"display": {"name": "Display"}}, {"customData": {"vendorId": "x"}}])
def test_a_station_may_add_its_display_and_its_own_data(permitted: Payload) -> None:
    assert frames(reported(requested(with_message(info(1))), info(1) | permitted)) == []


def test_a_message_that_is_not_reported_is_missing() -> None:
    assert frames(reported(requested(with_message(info(1), info(2))), info(1))) == [8]


def test_a_message_is_reported_once() -> None:
    assert frames(reported(requested(with_message(info(1))), info(1), info(1))) == [6]


def test_nothing_follows_the_last_part() -> None:
    record = reported(requested(with_message(info(1), info(2))), info(1), tbc=True)
    assert frames(reported(record, info(2))) == []
    assert frames(reported(record, info(2))) == [12, 12]


def test_a_message_that_was_not_set_is_not_reported() -> None:
    assert frames(reported(requested(with_message(info(1))), info(1), info(9))) == [6]


def test_before_the_station_has_reported_that_it_has_none_it_may_have_others() -> None:
    record = StationRecord()
    record.asked(1, "SetDisplayMessage", message=info(1))
    assert frames(reported(requested(record), info(1), info(9))) == []


@pytest.mark.parametrize(
    "criteria", [{"id": [2]}, {"priority": "AlwaysFront"}, {"state": "Idle"}, {"id": [1], "state": "Idle"}]
)
def test_a_message_that_was_not_requested_is_not_reported(criteria: Payload) -> None:
    assert frames(requested(with_message(info(1)), status="Unknown", **criteria)) == []
    assert frames(requested(with_message(info(1)), **criteria)) == [5]


def test_the_status_shows_that_there_is_a_message() -> None:
    assert frames(requested(with_message(info(1)), status="Unknown")) == [5]
    assert frames(requested(empty(), status="Accepted")) == [3]


def test_a_cleared_message_is_gone() -> None:
    record = with_message(info(1))
    record.asked(2, "ClearDisplayMessage", id=1)
    assert frames(requested(record, status="Unknown")) == []
    assert frames(requested(record)) == [9]


def test_a_message_that_is_always_in_front_replaces_the_one_before() -> None:
    record = with_message(info(1, priority="AlwaysFront"), info(2, priority="AlwaysFront"))
    assert frames(reported(requested(record), info(2, priority="AlwaysFront"))) == []
    record = with_message(info(1, priority="AlwaysFront"), info(2, priority="AlwaysFront"))
    both = (info(1, priority="AlwaysFront"), info(2, priority="AlwaysFront"))
    assert frames(reported(requested(record), *both)) == [8]


@pytest.mark.parametrize(("at", "present"), [(20, True), (29, None), (31, None), (40, False)])
def test_a_message_is_gone_after_its_end_within_the_tolerance(at: float, present: bool | None) -> None:
    def record() -> StationRecord:
        return with_message(info(1, endDateTime=stamp(30)))

    assert (frames(requested(record(), at, "Accepted")) == []) is (present is not False)
    assert (frames(requested(record(), at, "Unknown")) == []) is (present is not True)


@pytest.mark.parametrize(("at", "present"), [(10, True), (21, None), (40, False)])
def test_a_message_is_gone_after_the_end_of_its_transaction(at: float, present: bool | None) -> None:
    def record() -> StationRecord:
        started = with_message(info(1, transactionId="T1"))
        if at > 20:
            started.event(20, event_type="Ended")
            return started
        return started

    def ended(record: StationRecord) -> StationRecord:
        if at < 20:
            record.event(20, event_type="Ended")
        return record

    assert (frames(ended(requested(record(), at, "Accepted"))) == []) is (present is not False)
    assert (frames(ended(requested(record(), at, "Unknown"))) == []) is (present is not True)


def test_an_unanswered_request_leaves_open_whether_the_message_is_there() -> None:
    record = empty()
    record.lab(1, "SetDisplayMessage", message=info(1))
    assert frames(requested(record, status="Unknown")) == []
    assert frames(reported(requested(record), info(1))) == []


def test_a_station_that_is_commissioned_again_may_have_lost_its_messages() -> None:
    record = requested(with_message(info(1)), status="Unknown")
    commissioned = OperatorAction(kind=ActionKind.COMMISSION, began=5, ended=6, frame=4)
    assert violations(display_messages(), record, commissioned) == []
