"""What faults decide about a frame, without I/O."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.ocpp.versions import V201
from plugfest.rig.misbehaviour.faults import KINDS, Form, parse_fault
from plugfest.rig.misbehaviour.transmission import MAX_REQUESTS, End, Faults, Transmission

CALL = '[2,"id-1","Heartbeat",{}]'
RESULT = '[3,"id-1",{"currentTime":"2026-06-01T12:00:00Z"}]'
FRAME_FAULTS = [name for name in KINDS if name != "slow-tls"]


def faults(*texts: str, seed: str = "1") -> Faults:
    made = Faults(seed)
    made.replace(parse_fault(*text.partition(":")[::2], V201) for text in texts)
    return made


@pytest.mark.parametrize("name", FRAME_FAULTS)
def test_a_rate_of_0_changes_nothing_and_a_rate_of_1_every_frame(name: str) -> None:
    never, always = faults(f"{name}:rate=0"), faults(f"{name}:rate=1")
    assert never.transmission(CALL, sent=True) == Transmission(texts=(CALL,))
    always.transmission(CALL, sent=False)
    changed = always.transmission(RESULT, sent=True)
    assert changed != Transmission(texts=(RESULT,))
    assert changed.notes[0].startswith(f"{name}: answer to Heartbeat sent")


def test_a_fault_of_one_direction_message_and_kind_leaves_the_others() -> None:
    lost = faults("lost:rate=1,direction=received,message=Heartbeat,kind=answer")
    assert lost.transmission(CALL, sent=True).texts
    assert lost.transmission(RESULT.replace("id-1", "other"), sent=False).texts
    assert not lost.transmission(RESULT, sent=False).texts
    assert lost.transmission(CALL, sent=False).texts


def test_faults_add_up() -> None:
    both = faults("doubled:rate=1", "late:rate=1,seconds=2", "late:rate=1,seconds=3", "hang-up:rate=1")
    assert both.transmission(CALL, sent=True) == Transmission(
        texts=(CALL, CALL),
        delay=5.0,
        end=End.HANG_UP,
        notes=(
            "doubled: Heartbeat sent",
            "late: Heartbeat sent, 2 s",
            "late: Heartbeat sent, 3 s",
            "hang-up: Heartbeat sent",
        ),
    )


@given(st.text(max_size=60), st.sampled_from(FRAME_FAULTS), st.booleans(), st.integers(0, 5))
def test_any_text_passes_and_the_same_seed_gives_the_same(text: str, name: str, sent: bool, seed: int) -> None:
    first, again = (faults(f"{name}:rate=0.5,direction=both", seed=str(seed)) for _ in range(2))
    for frame in (CALL, text, RESULT):
        assert first.transmission(frame, sent=sent) == again.transmission(frame, sent=sent)


@given(st.text(min_size=1, max_size=60), st.sampled_from(Form), st.integers(0, 5))
def test_a_malformed_frame_is_never_the_frame(text: str, form: Form, seed: int) -> None:
    frame = json.dumps([2, "id-1", "DataTransfer", {"vendorId": text}])
    malformed = faults(f"malformed:rate=1,form={form},size=1000", seed=str(seed))
    (changed,) = malformed.transmission(frame, sent=True).texts
    assert changed not in (frame, frame.encode())


def test_faults_that_remain_continue_and_new_ones_begin() -> None:
    fault = "lost:rate=0.5"
    alone, changed = faults(fault), faults(fault)
    before = [alone.transmission(CALL, sent=True).texts for _ in range(20)]
    after = [alone.transmission(CALL, sent=True).texts for _ in range(20)]
    assert [changed.transmission(CALL, sent=True).texts for _ in range(20)] == before
    kept = parse_fault("lost", "rate=0.5", V201)
    changed.replace([kept, parse_fault("late", "rate=1", V201)])
    assert [changed.transmission(CALL, sent=True).texts for _ in range(20)] == after
    changed.replace([])
    assert changed.transmission(CALL, sent=True) == Transmission(texts=(CALL,))


def test_requests_without_an_answer_are_forgotten() -> None:
    lost = faults("lost:rate=1,kind=answer,message=Heartbeat,direction=received")
    for number in range(MAX_REQUESTS + 1):
        lost.transmission(f'[2,"{number}","Heartbeat",{{}}]', sent=True)
    assert lost.transmission('[3,"0",{}]', sent=False).texts
    assert not lost.transmission('[3,"1",{}]', sent=False).texts


def test_the_times_are_between_the_limits() -> None:
    late = faults("late:rate=1,seconds=1-5")
    delays = [late.transmission(CALL, sent=True).delay for _ in range(200)]
    assert 1 <= min(delays) < 1.5
    assert 4.5 < max(delays) <= 5


def test_the_rate_is_the_share_of_the_frames() -> None:
    lost = faults("lost:rate=0.25", seed=str(Random(1).random()))
    share = sum(not lost.transmission(CALL, sent=True).texts for _ in range(2000)) / 2000
    assert share == pytest.approx(0.25, abs=0.05)
