"""The display of a virtual station."""

from collections.abc import Collection, Mapping, Sequence
from html.parser import HTMLParser

from plugfest.hardware.ports import FormattedText, TextFormat


class VirtualDisplay:
    """One line of the station with a menu of EVSEs, one message of the CSMS, and lines with prices."""

    def __init__(self) -> None:
        self.text = ""
        self.offered: frozenset[int] = frozenset()
        self.message: FormattedText | None = None
        self.prices: Mapping[int | None, Sequence[FormattedText]] = {}

    def show(self, text: str) -> None:
        self.text = text
        self.offered = frozenset()

    def offer(self, text: str, evse_ids: Collection[int]) -> None:
        self.text = text
        self.offered = frozenset(evse_ids)

    def show_message(self, message: FormattedText | None) -> None:
        self.message = message

    def show_prices(self, prices: Mapping[int | None, Sequence[FormattedText]]) -> None:
        self.prices = prices

    @property
    def lines(self) -> list[str]:
        """What can be read on the display now, from top to bottom."""
        shown = [] if self.message is None else [rendered(self.message)]
        shown += [self.text] if self.text else []
        shown += [f"EVSE {evse_id}" for evse_id in sorted(self.offered)]
        for evse_id, texts in self.prices.items():
            place = "" if evse_id is None else f"EVSE {evse_id}: "
            shown += [f"{place}{rendered(each)}" for each in texts]
        return shown

    def go_dark(self) -> None:
        """Power loss: nothing is shown."""
        self.show("")
        self.show_message(None)
        self.show_prices({})


def rendered(text: FormattedText) -> str:
    """The characters that a driver reads."""
    if text.format is not TextFormat.HTML:
        return text.text
    reader = _TextOfPage()
    reader.feed(text.text)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _TextOfPage(HTMLParser):
    """Collects the text of an HTML page without its tags, styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _NOT_SHOWN
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _NOT_SHOWN
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.parts.append(data)


_NOT_SHOWN = frozenset({"head", "style", "script", "title"})
