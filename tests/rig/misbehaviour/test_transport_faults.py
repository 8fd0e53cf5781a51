"""Each transport fault, as a CSMS sees it on the wire."""

import asyncio
import json
from collections.abc import Callable

import pytest
from tests.rig.misbehaviour.csms import RawCsms, listening, station
from websockets.protocol import State

from plugfest.clock import run_simulated

BOOT = "BootNotification"


def seen(*misbehaviours: str, seconds: float = 100.0, seed: int = 0) -> tuple[RawCsms, list[str]]:
    """What a CSMS sees of a station that boots, charges and waits; and the faults that happened."""

    async def main() -> tuple[RawCsms, list[str]]:
        csms = RawCsms()
        async with listening(csms) as url, station(url, *misbehaviours, seed=seed) as misbehaving:
            await asyncio.sleep(20)
            await misbehaving.charge()
            await asyncio.sleep(seconds)
        return csms, misbehaving.notices

    return run_simulated(main())


def test_without_a_fault_every_frame_arrives_once_and_in_order() -> None:
    csms, notices = seen("lost:rate=0")
    assert [event["seqNo"] for event in csms.of("TransactionEvent")] == list(range(len(csms.of("TransactionEvent"))))
    assert len(csms.of("TransactionEvent")) > 3
    assert len({frame[1] for frame in csms.calls}) == len(csms.calls)
    assert (notices, csms.ends) == ([], [1001])


def test_late_frames_arrive_in_their_order_so_many_seconds_later() -> None:
    csms, notices = seen("late:rate=1,seconds=3")
    conforming, _ = seen("lost:rate=0")
    assert csms.frames[0][0] - csms.opened[0] == pytest.approx(3.0, abs=0.1)
    assert [frame[2] for frame in csms.calls][:5] == [frame[2] for frame in conforming.calls][:5]
    assert notices[0] == "late: BootNotification sent, 3 s"


def test_a_late_answer_of_the_csms_reaches_the_station_later() -> None:
    csms, _ = seen("late:rate=1,seconds=3,direction=received,message=BootNotification")
    (boot, at_boot), (_, at_next) = ((frame, at) for at, frame in csms.frames[:2])
    assert BOOT in boot
    assert at_next - at_boot == pytest.approx(3.0, abs=0.1)


def test_a_lost_request_does_not_arrive() -> None:
    csms, notices = seen("lost:rate=1,message=StatusNotification")
    assert csms.of(BOOT)
    assert not csms.of("StatusNotification")
    assert set(notices) == {"lost: StatusNotification sent"}


def test_an_answer_that_is_lost_lets_the_station_repeat_its_request() -> None:
    csms, _ = seen("lost:rate=1,direction=received,message=TransactionEvent", seconds=300)
    numbers = [event["seqNo"] for event in csms.of("TransactionEvent")]
    assert numbers[:2] == [0, 0]


def test_a_doubled_frame_arrives_twice() -> None:
    csms, _ = seen("doubled:rate=1,kind=call,message=TransactionEvent")
    events = [frame for frame in csms.calls if frame[2] == "TransactionEvent"]
    assert events[::2] == events[1::2]
    assert len(csms.of(BOOT)) == 1


def test_a_frame_out_of_order_arrives_after_the_next_one() -> None:
    async def main() -> list[list[object]]:
        csms = RawCsms()
        async with listening(csms) as url, station(url, "out-of-order:rate=1,seconds=5,kind=answer"):
            await asyncio.sleep(20)
            await csms.send("first", "GetLocalListVersion", {})
            await csms.send("second", "GetLocalListVersion", {})
            await asyncio.sleep(1)
        return csms.answers

    assert [frame[1] for frame in run_simulated(main())] == ["second", "first"]


def test_a_frame_without_a_next_one_arrives_after_the_longest_wait() -> None:
    csms, _ = seen("out-of-order:rate=1,seconds=7,message=BootNotification")
    assert csms.frames[0][0] - csms.opened[0] == pytest.approx(7.0, abs=0.1)


@pytest.mark.parametrize(
    ("form", "is_so"),
    [
        ("not-an-array", lambda text: isinstance(json.loads(text), dict)),
        ("unknown-type", lambda text: json.loads(text)[0] == 9),
        ("oversized,size=5000", lambda text: len(text) == 5000 and json.loads(text)[2] == BOOT),
    ],
)
def test_a_malformed_frame_is_not_what_ocpp_requires(form: str, is_so: Callable[[str], bool]) -> None:
    csms, _ = seen(f"malformed:rate=1,form={form},message=BootNotification")
    assert is_so(csms.texts[0])


def test_a_truncated_frame_is_the_beginning_of_one() -> None:
    csms, _ = seen("malformed:rate=1,form=truncated,message=BootNotification")
    with pytest.raises(json.JSONDecodeError):
        json.loads(csms.texts[0])
    assert csms.texts[0].startswith("[")


def test_a_text_that_is_not_utf8_ends_the_connection_of_the_csms() -> None:
    csms, _ = seen("malformed:rate=1,form=not-utf8,message=BootNotification", seconds=1)
    assert csms.texts == []
    assert csms.ends[0] == 1007


def test_a_frame_that_is_too_large_ends_the_connection_of_a_csms_with_a_limit() -> None:
    csms, _ = seen("malformed:rate=1,form=oversized,message=BootNotification", seconds=1)
    assert csms.ends[0] == 1009


def test_a_wrong_id_is_another_one_than_that_of_the_request() -> None:
    async def main() -> list[list[object]]:
        csms = RawCsms()
        async with listening(csms) as url, station(url, "wrong-id:rate=1"):
            await asyncio.sleep(20)
            await csms.send("mine", "GetLocalListVersion", {})
            await asyncio.sleep(1)
        return csms.answers

    (answer,) = run_simulated(main())
    assert answer[0] == 3
    assert answer[1] != "mine"


def test_an_unsolicited_answer_follows_a_frame() -> None:
    csms, _ = seen("unsolicited-answer:rate=1,message=BootNotification")
    (answer,) = csms.answers
    assert answer[0] == 3
    assert answer[1] not in {frame[1] for frame in csms.calls}
    assert csms.messages[1] == answer


def test_hang_up_ends_the_connection_without_a_close_frame_and_the_station_connects_again() -> None:
    csms, _ = seen("hang-up:rate=1,message=TransactionEvent", seconds=200)
    assert csms.ends[0] == 1006
    assert csms.of("TransactionEvent")
    assert len(csms.opened) > 1


def test_half_open_is_silent_and_then_a_second_connection_beside_the_first() -> None:
    async def main() -> None:
        csms = RawCsms()
        fault = "half-open:rate=1,seconds=60,message=TransactionEvent"
        async with listening(csms) as url:
            async with station(url, fault) as misbehaving:
                await asyncio.sleep(20)
                await misbehaving.charge()
                arrived = len(csms.frames)
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(10):
                        await (await csms.connections[0].ping())
                await csms.send("unread", "GetLocalListVersion", {})
                await asyncio.sleep(5)
                assert len(csms.frames) == arrived
                assert len(csms.of("TransactionEvent")) == 1
                await asyncio.sleep(60)
                assert len(csms.opened) == 2
                assert csms.connections[0].state is State.OPEN
            await asyncio.sleep(1)
            assert csms.ends[0] == 1006

    run_simulated(main())


def test_the_same_seed_repeats_the_faults_and_another_one_does_not() -> None:
    faults = ("lost:rate=0.3,message=TransactionEvent", "late:rate=0.5,seconds=0-2")
    first, again, other = (seen(*faults, seed=seed)[1] for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first
