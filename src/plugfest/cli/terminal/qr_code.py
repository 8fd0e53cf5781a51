"""A QR code in characters, for the camera of a phone in front of the screen."""

import io

import segno


def qr_code(text: str) -> str:
    """The QR code of a text in lines of half blocks; it has to be shown in one colour on another."""
    lines = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=lines, border=2, compact=True)
    return lines.getvalue()
