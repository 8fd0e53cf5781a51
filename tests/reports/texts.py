"""What a person reads of a page and of a PDF."""

from html.parser import HTMLParser

import pypdfium2

HYPHENS = {0x02: "-", 0xFFFE: "-"}
"""What PDFium makes of a hyphen at the end of a line."""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def html_text(page: str) -> str:
    """The text of a page, that of its drawings too."""
    words = _Words()
    words.feed(page)
    return " ".join(words.found)


def pdf_pages(content: bytes) -> list[list[str]]:
    """The lines of each page: its head, what stands on it, and its foot."""
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return [text.translate(HYPHENS).splitlines() for text in texts]


def squeezed(text: str) -> str:
    """A text without blanks and line ends, which are the layout's."""
    return "".join(text.split())
