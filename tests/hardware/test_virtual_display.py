"""What can be read on a virtual display."""

import pytest

from plugfest.hardware.ports import FormattedText, TextFormat
from plugfest.hardware.virtual.display import VirtualDisplay, rendered


def test_the_areas_of_the_display_do_not_cover_one_another() -> None:
    display = VirtualDisplay()
    display.show_message(FormattedText("Sale today"))
    display.offer("Stop charging at?", [2, 1])
    display.show_prices({None: [FormattedText("0.30 EUR/kWh")], 1: [FormattedText("1.50 EUR")]})
    assert display.lines == [
        "Sale today",
        "Stop charging at?",
        "EVSE 1",
        "EVSE 2",
        "0.30 EUR/kWh",
        "EVSE 1: 1.50 EUR",
    ]
    display.show("Welcome")
    assert display.lines[:2] == ["Sale today", "Welcome"]


def test_nothing_is_shown_without_power() -> None:
    display = VirtualDisplay()
    display.show("Welcome")
    display.show_message(FormattedText("Sale today"))
    display.show_prices({1: [FormattedText("1.50 EUR")]})
    display.go_dark()
    assert display.lines == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>Sale <b>today</b></p>", "Sale today"),
        ("<html><head><title>x</title><style>p {}</style></head><body>Sale<br>today</body></html>", "Sale today"),
        ("5 &euro; &amp; more", "5 € & more"),
        ("no markup", "no markup"),
    ],
)
def test_html_is_read_without_its_markup(text: str, read: str) -> None:
    assert rendered(FormattedText(text, TextFormat.HTML)) == read
    assert rendered(FormattedText(text)) == text
