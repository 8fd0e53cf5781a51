"""Every message of a scenario is changed in every field, whether or not a case checks it."""

from datetime import UTC, datetime

from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp.versions import by_name
from plugfest.rig.selftest.mutants.mutant import Fault
from plugfest.rig.selftest.specification.change import Change, ChangeKind
from plugfest.rig.selftest.specification.generate import changes, sample

NOW = datetime(2026, 1, 1, tzinfo=UTC)

TEXTS = (
    (Direction.FROM_STATION, '[2,"1","Heartbeat",{}]'),
    (Direction.FROM_LAB, '[2,"a","ClearCache",{}]'),
    (Direction.FROM_STATION, '[3,"a",{"status":"Accepted"}]'),
    (
        Direction.FROM_STATION,
        '[2,"2","StatusNotification",{"timestamp":"2026-01-01T00:00:00Z","connectorStatus":"Occupied","evseId":1,"connectorId":1}]',
    ),
)
FRAMES = [Frame(number, 0.0, NOW, direction, text) for number, (direction, text) in enumerate(TEXTS)]


def every(scenario: int = 0) -> list[Change]:
    return list(changes("TC_X_01_CS", by_name("2.0.1"), FRAMES, scenario))


def fields(kind: ChangeKind) -> set[str]:
    return {change.target for change in every() if change.kind is kind}


def test_every_field_of_requests_and_answers_gets_another_value() -> None:
    assert fields(ChangeKind.OTHER_VALUE) == {
        "ClearCacheResponse.status",
        "StatusNotificationRequest.timestamp",
        "StatusNotificationRequest.connectorStatus",
        "StatusNotificationRequest.evseId",
        "StatusNotificationRequest.connectorId",
    }


def test_optional_fields_are_added() -> None:
    assert fields(ChangeKind.ADDED) == {"ClearCacheResponse.statusInfo"}


def test_each_message_is_left_out_doubled_and_delayed() -> None:
    messages = {"HeartbeatRequest", "ClearCacheResponse", "StatusNotificationRequest"}
    for kind in (ChangeKind.NOT_SENT, ChangeKind.TWICE, ChangeKind.DELAYED):
        assert fields(kind) == messages


def test_a_message_is_moved_after_the_one_that_follows_it() -> None:
    moved = {change.target: change.value for change in every() if change.kind is ChangeKind.AFTER_NEXT}
    assert moved == {"HeartbeatRequest": "ClearCacheResponse", "ClearCacheResponse": "StatusNotificationRequest"}


def test_a_state_is_contradicted_by_each_other_state() -> None:
    contradicted = [change for change in every() if change.kind is ChangeKind.CONTRADICTED]
    assert {change.value for change in contradicted} == {"Available", "Faulted", "Reserved", "Unavailable"}
    assert {change.mutant.fault for change in contradicted} == {Fault.CONTRADICTED}


def test_messages_before_the_scenario_are_not_changed() -> None:
    assert {change.mutant.place.message for change in every(scenario=3)} == {"StatusNotificationRequest"}


def test_a_sample_has_each_field_once_before_any_a_second_time() -> None:
    kinds = {(change.target, change.kind) for change in every()}
    chosen = sample(every(), len(kinds), "seed")
    assert {(change.target, change.kind) for change in chosen} == kinds


def test_a_seed_gives_the_same_sample_and_another_seed_another() -> None:
    assert sample(every(), 5, "seed") == sample(every(), 5, "seed")
    assert sample(every(), 5, "seed") != sample(every(), 5, "other")


def test_a_sample_that_is_large_enough_has_every_change_once() -> None:
    names = [str(change.mutant) for change in sample(every(), 10_000, "seed")]
    assert sorted(names) == sorted(str(change.mutant) for change in every())


def test_a_change_has_the_values_before_and_after() -> None:
    values = {(change.old, change.value) for change in every() if change.target == "ClearCacheResponse.status"}
    assert values == {("Accepted", "Rejected")}
    added = [change.old for change in every() if change.target == "ClearCacheResponse.statusInfo"]
    assert added == [""]
