"""Text in drawings fits its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.reports.drawings.text_fitting import text_width, truncated, wrapped
from tools import font_widths as font_widths_tool

FONTS = Path("/usr/share/fonts/truetype/dejavu")
sizes = st.sampled_from([11, 12])


@given(st.text(max_size=900), st.floats(20, 400), sizes)
def test_a_truncated_text_fits(text: str, room: float, size: int) -> None:
    assert text_width(truncated(text, room, size), size) <= max(room, text_width("…", size))


def test_a_text_that_fits_is_not_changed() -> None:
    assert truncated("Accepted", 200, 11) == "Accepted"


def test_a_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert truncated("Accepted and more than that", 60, 11).endswith("…")


@given(st.text(max_size=300), st.integers(1, 4), st.floats(0, 150))
def test_lines_are_at_most_as_many_as_allowed_and_fit(text: str, most: int, indent: float) -> None:
    lines = wrapped(text, 200, 11, most, indent=indent)
    assert 1 <= len(lines) <= most
    assert all(text_width(line, 11) <= 200 for line in lines)


def test_lines_break_between_words() -> None:
    assert wrapped("one two three four", text_width("one two", 11) + 1, 11, 3) == ["one two", "three", "four"]


def test_the_first_line_is_shorter_by_the_indent() -> None:
    assert wrapped("one two", 100, 11, 2, indent=100 - text_width("one", 11) - 1) == ["one", "two"]


def test_a_text_too_long_for_the_last_line_ends_in_an_ellipsis() -> None:
    *_, last = wrapped("word " * 60, 200, 11, 2)
    assert last.endswith("…")


@pytest.mark.skipif(not FONTS.exists(), reason="DejaVu Sans is not installed")
def test_widths_are_those_of_dejavu_sans() -> None:
    for bold, name in enumerate(font_widths_tool.FACES.values()):
        widths = font_widths_tool.advance_widths((FONTS / name).read_bytes())
        for character in "aWi0_ ~éßΩжШ…→":
            assert text_width(character, 1000, bold=bool(bold)) == pytest.approx(widths[ord(character)], abs=1)


def test_an_ideograph_is_as_wide_as_the_size_of_the_font() -> None:
    assert 10 <= text_width("充", 10) < 11


def test_a_hidden_character_is_as_wide_as_its_name() -> None:
    assert text_width("\u202e", 10) == text_width("[U+202E]", 10)


def test_a_combining_mark_has_no_width() -> None:
    assert text_width("e\u0301", 10) == text_width("e", 10)
