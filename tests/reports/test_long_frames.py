"""Frames that are too long for a report."""

from hashlib import sha256

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.reports import campaigns

from plugfest.reports.evidence.frames import TOO_LONG, frame_lines
from plugfest.reports.long_frames import MAX_LENGTH, is_shortened, shortened


def test_a_long_frame_is_cut_and_named_by_its_length_and_digest() -> None:
    frame = "[2," + "A" * 1_000_000
    text = shortened(frame, frame)
    assert text.startswith(frame[:MAX_LENGTH] + " … [the beginning of 1000003 characters, SHA-256 ")
    assert text.endswith(f"{sha256(frame.encode()).hexdigest()}]")
    assert is_shortened(text)


def test_the_digest_is_that_of_the_frame_before_its_secrets_were_replaced() -> None:
    whole = "secret" * MAX_LENGTH
    assert sha256(whole.encode()).hexdigest() in shortened(whole.replace("secret", "password-1"), whole)


@given(st.text(max_size=20), st.integers(MAX_LENGTH - 20, MAX_LENGTH))
def test_a_short_frame_stays_as_it_is(text: str, repeated: int) -> None:
    frame = ("A" * repeated + text)[:MAX_LENGTH]
    assert (shortened(frame, frame), is_shortened(frame)) == (frame, False)


def test_a_report_has_the_beginning_of_a_long_frame_and_calls_it_too_long() -> None:
    first, second, *_ = campaigns.frames()
    recorded = [
        msgspec.structs.replace(first, text='[2,"1","DataTransfer",{"data":"' + "A" * MAX_LENGTH + '"}]'),
        msgspec.structs.replace(second, text="nonsense"),
    ]
    report = campaigns.report(of=(), recorded=recorded)
    long, short = report.frames
    assert is_shortened(long.text)
    assert [line.kind for line in frame_lines(report.frames, 0)] == [TOO_LONG, "not OCPP-J"]
    assert len(msgspec.json.encode(report)) < 2 * MAX_LENGTH + 100_000
    assert short.text == "nonsense"
