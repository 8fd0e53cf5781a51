"""Hidden characters are named."""

import json

import pytest

from plugfest.reports import hidden_characters


def shown(text: str, missing: str = "") -> str:
    """The text in the JSON with its hidden characters named."""
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


def test_only_visible_characters_beyond_ascii_depend_on_the_font() -> None:
    assert hidden_characters.font_dependent("abc\x7f \u202e ßßé 😀") == "ßé😀"


def test_hidden_characters_are_named_in_plain_text_and_visible_ones_stay() -> None:
    assert hidden_characters.name_hidden("Acme \u202eexe.pdf\x07") == "Acme [U+202E]exe.pdf[U+0007]"
    assert hidden_characters.name_hidden("Größe ✓ 한\n") == "Größe ✓ 한\n"
