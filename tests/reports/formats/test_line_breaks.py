"""Where long words of the page may be broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.texts import html_text

from plugfest.reports.formats.line_breaks import with_line_breaks


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("SampledDataTxUpdatedInterval", ["Sampled", "Data", "Tx", "Updated", "Interval"]),
        ("TLS_ECDHE_WITH_AES_128", ["TLS_", "ECDHE_", "WITH_", "AES_", "128"]),
        ("SecurityCtrlr.BasicAuthPassword", ["Security", "Ctrlr.", "Basic", "Auth", "Password"]),
        ("OCPPCommunicationCtrlr", ["OCPP", "Communication", "Ctrlr"]),
        ("0123456789abcdef" * 2, ["01234567", "89abcdef", "01234567", "89abcdef"]),
        ("incontrovertibility", ["incontrovertibility"]),
        ("BasicAuthValues", ["BasicAuthValues"]),
        ("Größenordnungslehre", ["Größenordnungslehre"]),
    ],
)
def test_a_long_word_is_broken_between_its_parts(word: str, parts: list[str]) -> None:
    assert with_line_breaks(word) == "<wbr>".join(parts)


def test_markup_is_escaped() -> None:
    assert with_line_breaks("<b>VeryLongMarkup</b>") == "&lt;b&gt;Very<wbr>Long<wbr>Markup&lt;/<wbr>b&gt;"


@given(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126, exclude_characters="<>&")))
def test_the_text_is_kept(text: str) -> None:
    assert html_text(with_line_breaks(text)).replace(" ", "") == text.replace(" ", "")
