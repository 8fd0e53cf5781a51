"""Characters that nobody would see in a PDF are named."""

import json

import pytest

from plugfest.reports import hidden_characters


def shown(text: str, missing: str = "") -> str:
    """What stands in the JSON of a text after its characters were made visible."""
    return str(json.loads(hidden_characters.name_missing(json.dumps(text, ensure_ascii=False), missing)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('plain, "quoted" and C:\\path\\u0001', 'plain, "quoted" and C:\\path\\u0001'),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        (
            "bell \a, backspace \b, form feed \f, delete \x7f",
            "bell [U+0007], backspace [U+0008], form feed [U+000C], delete [U+007F]",
        ),
        (
            "backwards \u202eabc, nothing \u200b, private \ue000",
            "backwards [U+202E]abc, nothing [U+200B], private [U+E000]",
        ),
        ("Größe ✓ →", "Größe ✓ →"),
    ],
)
def test_a_hidden_character_is_named(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_a_character_that_no_font_has_is_named() -> None:
    assert shown("한 smile 😀", missing="😀") == "한 smile [U+1F600]"


def test_only_what_is_beyond_ascii_and_no_control_is_asked_for() -> None:
    assert hidden_characters.font_dependent("abc\x7f \u202e ßßé 😀") == "ßé😀"


def test_what_turns_a_line_around_is_named_in_plain_text_and_what_can_be_seen_stays() -> None:
    assert hidden_characters.name_hidden("Acme \u202eexe.pdf\x07") == "Acme [U+202E]exe.pdf[U+0007]"
    assert hidden_characters.name_hidden("Größe ✓ 한\n") == "Größe ✓ 한\n"
