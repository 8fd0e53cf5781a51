"""Known texts are replaced, the longest match first, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.reports.redaction.replacer import MAX_LENGTH, MIN_LENGTH_ANYWHERE, MIN_LENGTH_ISOLATED, Replacer


@given(st.lists(st.text("ab", min_size=MIN_LENGTH_ANYWHERE, max_size=16), max_size=8), st.text("abAB", max_size=60))
def test_it_replaces_like_a_search_one_after_the_other(texts: list[str], text: str) -> None:
    assert Replacer(dict.fromkeys(texts, "#"))(text) == one_after_the_other(texts, text)


def one_after_the_other(texts: list[str], text: str) -> str:
    parts, place = "", 0
    while place < len(text):
        fits = [one for one in texts if text.lower().startswith(one, place)]
        parts += "#" if fits else text[place]
        place += max(map(len, fits), default=1)
    return parts


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("a-card", "#"),
        ("A-CARD, a-card.", "#, #."),
        ("a-card7", "a-card7"),
        ("xa-card", "xa-card"),
        ("'a-card'", "'#'"),
        ("long-password-1", "!"),
        ("xlong-password-12", "x!2"),
        ("4711", "*"),
        ("code=4711", "code=*"),
        ("14711", "14711"),
        ("2026-01-01T00:00:00.4711Z", "2026-01-01T00:00:00.4711Z"),
        ("abc", "abc"),
        ("", ""),
    ],
)
def test_shorter_texts_need_stricter_boundaries(text: str, replaced: str) -> None:
    assert Replacer({"a-card": "#", "long-password-1": "!", "4711": "*", "abc": "?"})(text) == replaced


def test_a_text_that_is_a_prefix_of_a_longer_one_is_found() -> None:
    replacer = Replacer({"plugfest-1": "one", "plugfest-10": "ten", "plugfest-1-b": "b"})
    assert replacer("plugfest-1 plugfest-10 plugfest-1-b plugfest-1-c plugfest-11") == "one ten b one-c plugfest-11"


def test_metacharacters_are_literal() -> None:
    assert Replacer({"a.*(b)+[c]": "#"})("A.*(B)+[C] aXXb") == "# aXXb"


def test_without_texts_nothing_is_replaced() -> None:
    assert Replacer({})("anything") == "anything"
    assert Replacer({"x" * (MIN_LENGTH_ISOLATED - 1): "#", "y" * (MAX_LENGTH + 1): "#"})("y" * 200) == "y" * 200
