"""The text of an HTML page and of a PDF."""

from html.parser import HTMLParser

import pypdfium2

HYPHENS = {0x02: "-", 0xFFFE: "-"}
"""Characters that PDFium returns for a hyphen at the end of a line."""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def html_text(page: str) -> str:
    """The text of a page and of its drawings."""
    words = _Words()
    words.feed(page)
    return " ".join(words.found)


def pdf_pages(content: bytes) -> list[list[str]]:
    """The lines of each page: its header, its content and its footer."""
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return [text.translate(HYPHENS).splitlines() for text in texts]


def squeezed(text: str) -> str:
    """The text without whitespace, which depends on the layout."""
    return "".join(text.split())
