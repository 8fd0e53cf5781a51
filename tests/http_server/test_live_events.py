"""Server-sent events."""

import asyncio
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugfest.changes import Signal
from plugfest.clock import run_simulated
from plugfest.http_server.live_events import KEEP_ALIVE, PERIOD, Changes, LiveEvent, Rendered, stream


def test_an_event_has_its_name_its_lines_and_its_id() -> None:
    assert LiveEvent("part", "a\r\nb\rc", 7).encoded() == "event: part\nid: 7\ndata: a\ndata: b\ndata: c\n\n"


@given(st.text())
def test_no_text_ends_an_event_or_begins_another_field(text: str) -> None:
    lines = LiveEvent("part", text).encoded().split("\n")
    assert lines[-2:] == ["", ""]
    assert all(line.startswith("data: ") and "\r" not in line for line in lines[1:-2])


def test_only_what_has_changed_is_sent() -> None:
    changes = Changes()
    assert [each.name for each in changes.of([("a", "1"), ("b", "1")])] == ["a", "b"]
    assert [each.name for each in changes.of([("a", "1"), ("b", "2")])] == ["b"]
    assert changes.of([("a", "1"), ("b", "2")]) == []


def test_a_stream_looks_at_once_after_a_change_else_each_period_and_ends() -> None:
    async def run() -> list[float]:
        signal, looks = Signal(), []
        loop = asyncio.get_running_loop()

        def look() -> list[LiveEvent] | None:
            looks.append(loop.time())
            return [LiveEvent("a", "")] if len(looks) < 4 else None

        loop.call_later(0.1, signal.notify)
        events = [event async for event in stream(look, signal)]
        assert len(events) == 3
        return [after - before for before, after in pairwise(looks)]

    first, *rest = run_simulated(run())
    assert first < 0.3
    assert all(each >= PERIOD for each in rest)


def test_parts_are_rendered_once_for_all_who_look_and_again_after_a_change() -> None:
    async def run() -> None:
        signal, texts = Signal(), iter("abcdefg")
        rendered = Rendered(lambda: [("part", next(texts))], signal)
        assert [rendered.parts() for _ in range(3)] == [[("part", "a")]] * 3
        signal.notify()
        assert [rendered.parts() for _ in range(3)] == [[("part", "b")]] * 3
        await asyncio.sleep(PERIOD)
        assert rendered.parts() == [("part", "c")]

    run_simulated(run())


def test_a_signal_is_forwarded() -> None:
    async def run() -> None:
        calls: list[int] = []
        Signal(lambda: calls.append(1)).notify()
        assert calls == [1]

    run_simulated(run())


def test_a_change_while_a_slow_client_reads_is_looked_at_at_once() -> None:
    async def run() -> float:
        signal, looks = Signal(), list[float]()
        loop = asyncio.get_running_loop()

        def look() -> list[LiveEvent] | None:
            looks.append(loop.time())
            return [LiveEvent("a", "")] if len(looks) < 2 else None

        async for _ in stream(look, signal):
            await asyncio.sleep(10)
            signal.notify()
        return looks[1] - looks[0]

    assert run_simulated(run()) < 10 + PERIOD / 2


def test_a_stream_without_events_sends_comments() -> None:
    async def run() -> list[str]:
        end = asyncio.get_running_loop().time() + 3.5 * KEEP_ALIVE

        def look() -> list[LiveEvent] | None:
            return [] if asyncio.get_running_loop().time() < end else None

        return [event async for event in stream(look, Signal())]

    assert run_simulated(run()) == [":\n\n"] * 3
