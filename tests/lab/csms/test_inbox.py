"""Each request of the inbox is consumed once, in order, and only after the mark."""

import asyncio
from datetime import UTC, datetime

from plugfest import clock
from plugfest.lab.csms.inbox import Inbox
from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

FRAME = Frame(0, 0.0, datetime(2026, 1, 1, tzinfo=UTC), Direction.FROM_STATION, "")


def test_requests_are_consumed_once_and_in_order() -> None:
    async def main() -> None:
        inbox = Inbox()
        inbox.add(m.HeartbeatRequest(), FRAME)
        inbox.add(m.HeartbeatRequest(), FRAME)
        first = await inbox.wait_for(lambda _: True, within=1)
        second = await inbox.wait_for(lambda _: True, within=1)
        assert first is not None
        assert second is not None
        assert (first.number, second.number) == (0, 1)
        assert await inbox.wait_for(lambda _: True, within=1) is None

    clock.run_simulated(main())


def test_what_is_cleared_is_consumed_and_what_comes_after_is_not() -> None:
    async def main() -> None:
        inbox = Inbox()
        for _ in range(3):
            inbox.add(m.HeartbeatRequest(), FRAME)
        inbox.clear(until=2)
        assert [one.number for one in inbox.unconsumed()] == [2]
        inbox.clear(until=1)
        inbox.clear()
        inbox.add(m.HeartbeatRequest(), FRAME)
        assert [one.number for one in inbox.unconsumed()] == [3]
        assert [one.number for one in inbox.since_mark()] == [3]

    clock.run_simulated(main())


def test_a_request_before_the_mark_does_not_match_but_stays_in_the_inbox() -> None:
    async def main() -> None:
        inbox = Inbox()
        inbox.add(m.HeartbeatRequest(), FRAME)
        inbox.set_mark()
        assert await inbox.wait_for(lambda _: True, within=1) is None
        assert len(list(inbox.unconsumed())) == 1

    clock.run_simulated(main())


def test_waiting_ends_as_soon_as_the_request_comes() -> None:
    async def main() -> float:
        inbox = Inbox()
        loop = asyncio.get_running_loop()
        began = loop.time()
        loop.call_later(3, inbox.add, m.HeartbeatRequest(), FRAME)
        assert await inbox.wait_for(lambda _: True, within=60) is not None
        return loop.time() - began

    assert clock.run_simulated(main()) == 3


def test_a_later_request_that_was_consumed_first_is_found() -> None:
    inbox = Inbox()
    inbox.add(m.HeartbeatRequest(), FRAME)
    inbox.add(m.ClearCacheRequest(), FRAME)
    earlier, later = inbox.unconsumed()
    assert inbox.consumed_after(earlier, ignoring=frozenset()) is None
    later.consumed = True
    assert inbox.consumed_after(earlier, ignoring=frozenset()) is later
    assert inbox.consumed_after(earlier, ignoring=frozenset({"ClearCacheRequest"})) is None


def test_requests_that_arrive_while_the_mark_is_held_match_after_it() -> None:
    async def main() -> None:
        inbox = Inbox()
        inbox.add(m.HeartbeatRequest(), FRAME)
        with inbox.hold_mark():
            inbox.add(m.HeartbeatRequest(), FRAME)
            inbox.set_mark()
        seen = await inbox.wait_for(lambda _: True, within=1)
        assert seen is not None
        assert seen.number == 1

    clock.run_simulated(main())


def test_of_type_returns_consumed_requests_too() -> None:
    inbox = Inbox()
    inbox.add(m.HeartbeatRequest(), FRAME)
    inbox.add(m.LogStatusNotificationRequest(status=t.UploadLogStatusEnumType.Idle), FRAME)
    inbox.clear()
    assert [seen.number for seen in inbox.of_type(m.LogStatusNotificationRequest)] == [1]


def test_requests_from_the_mark_on_are_kept_if_only_those_before_are_cleared() -> None:
    inbox = Inbox()
    inbox.add(m.HeartbeatRequest(), FRAME)
    inbox.set_mark()
    inbox.add(m.HeartbeatRequest(), FRAME)
    inbox.clear(until=inbox.mark)
    assert [seen.number for seen in inbox.unconsumed()] == [1]
    assert [seen.number for seen in inbox.since_mark()] == [1]


def test_forgotten_requests_leave_the_positions_of_the_others_as_they_are() -> None:
    inbox = Inbox()
    for _ in range(5):
        inbox.add(m.HeartbeatRequest(), FRAME)
    inbox.forget(3)
    assert [one.number for one in inbox.unconsumed()] == [3, 4]
    assert [one.number for one in inbox.unconsumed(since=4)] == [4]
    inbox.clear(until=4)
    assert ([one.number for one in inbox.unconsumed()], inbox.mark) == ([4], 4)
    inbox.add(m.HeartbeatRequest(), FRAME)
    assert [one.number for one in inbox.since_mark()] == [4, 5]
    inbox.forget(9)
    inbox.forget(2)
    inbox.add(m.HeartbeatRequest(), FRAME)
    assert [one.number for one in inbox.of_type(m.HeartbeatRequest)] == [6]
