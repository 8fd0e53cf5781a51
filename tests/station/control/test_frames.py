"""The newest frames of a station."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plugfest.clock import run_simulated
from plugfest.link.peer import Direction
from plugfest.station.control.frames import MAX_CHARACTERS, Frames, Wanted, is_contained
from plugfest.station.control.watch import StationWatch

CALL = '[2,"1","StatusNotification",{"evseId":1,"connectorStatus":"Available"}]'
RESULT = '[3,"1",{}]'

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def test_answers_have_the_action_of_their_request() -> None:
    frames = Frames()
    for direction, text in ((Direction.SENT, CALL), (Direction.RECEIVED, RESULT), (Direction.RECEIVED, RESULT)):
        frames.add(direction, text)
    call, result, unknown = frames
    assert (call.kind, call.action, call.message_id, call.sent) == ("call", "StatusNotification", "1", True)
    assert (result.kind, result.action) == ("result", "StatusNotification")
    assert (unknown.kind, unknown.action) == ("result", "")


def test_an_id_that_both_ends_use_belongs_to_the_request_of_the_other_end() -> None:
    frames = Frames()
    frames.add(Direction.SENT, '[2,"1","Heartbeat",{}]')
    frames.add(Direction.RECEIVED, '[2,"1","Reset",{}]')
    frames.add(Direction.SENT, RESULT)
    frames.add(Direction.RECEIVED, RESULT)
    assert [frame.action for frame in frames] == ["Heartbeat", "Reset", "Reset", "Heartbeat"]


def test_an_error_has_its_code_and_what_is_no_frame_is_kept() -> None:
    frames = Frames()
    frames.add(Direction.SENT, CALL)
    frames.add(Direction.RECEIVED, '[4,"1","NotSupported","no",{}]')
    assert frames[-1].error == "NotSupported: no"
    frames.add(Direction.RECEIVED, "{")
    broken = frames[-1]
    assert (broken.kind, broken.payload, broken.message_id) == ("invalid", {}, "")


def test_the_oldest_frames_are_dropped() -> None:
    frames = Frames(keep=2)
    for _ in range(3):
        frames.add(Direction.SENT, CALL)
    assert [each.number for each in frames] == [2, 3]
    assert frames.get(1) is None
    assert [each.number for each in frames.after(2)] == [3]
    large = Frames()
    for _ in range(3):
        large.add(Direction.SENT, "x" * (MAX_CHARACTERS // 2))
    assert len(large) == 2
    assert len(Frames(keep=0)) == 0


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 20))
def test_frames_that_are_not_read_are_dropped_too(unread: int, more: int, keep: int) -> None:
    frames = Frames(keep)
    for count in (unread, more):
        for number in range(count):
            frames.add(Direction.SENT, f'[2,"{number}","Heartbeat",{{}}]')
            frames.add(Direction.RECEIVED, f'[3,"{number}",{{}}]')
        newest = frames.newest
        assert [each.number for each in frames] == list(range(max(1, newest - keep + 1), newest + 1))
        assert {each.action for each in frames} <= {"Heartbeat"}


def test_frames_are_found_by_action_and_fields() -> None:
    frames = Frames()
    frames.add(Direction.SENT, CALL)
    frames.add(Direction.RECEIVED, RESULT)
    assert len(frames.of("StatusNotification")) == 1
    assert frames.of("StatusNotification", evseId=2) == []
    assert len(frames.of("StatusNotification", kind="result")) == 1
    assert frames.of("StatusNotification", sent=False) == []


def test_true_is_not_one() -> None:
    assert not is_contained({"a": 1}, {"a": True})
    assert not is_contained(True, 1)


@given(JSON)
def test_everything_contains_itself(value: object) -> None:
    assert is_contained(value, value)


@given(st.dictionaries(st.text(max_size=2), JSON, max_size=4), st.data())
def test_an_object_contains_each_part_of_it(whole: dict[str, object], data: st.DataObject) -> None:
    part = {name: value for name, value in whole.items() if data.draw(st.booleans())}
    assert is_contained(part, whole)
    assert not is_contained({**part, "a name that is long": 1}, whole)


def test_lists_contain_parts_in_their_order() -> None:
    assert is_contained([1, 3], [1, 2, 3])
    assert not is_contained([3, 1], [1, 2, 3])


def test_a_wait_for_a_frame_ends_when_it_comes_or_when_its_time_is_over() -> None:
    async def main() -> None:
        watch = StationWatch()
        assert await watch.next_frame(Wanted(action="StatusNotification"), within=5) is None
        watch.frame(Direction.SENT, CALL, 0.0)
        found = await watch.next_frame(Wanted(action="StatusNotification", contains={"evseId": 1}), within=5)
        assert found is not None
        assert await watch.next_frame(Wanted(action="StatusNotification"), within=5) is None
        watch.frame(Direction.SENT, CALL, 0.0)
        watch.acted()
        assert await watch.next_frame(Wanted(action="StatusNotification"), within=5) is None

    run_simulated(main())


def test_what_is_wanted_is_described() -> None:
    assert str(Wanted(action="Reset", sent=False)) == "Reset call from the CSMS"
    assert msgspec.convert({"action": "Reset"}, Wanted) == Wanted(action="Reset")
