"""What a person at a station reads has no passwords: the terminal may be recorded."""

from datetime import UTC, datetime

from plugfest.cli.terminal.attended_lines import frame_line
from plugfest.lab.recording.record import Direction, Frame


def test_a_frame_is_shown_without_its_password() -> None:
    text = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a-secret"}]'
    frame = Frame(0, 0.0, datetime(2026, 3, 2, 8, 0, tzinfo=UTC), Direction.FROM_LAB, text)
    assert frame_line(frame).plain == f"  08:00:00 lab     {text.replace('a-secret', '(not shown)')}"
