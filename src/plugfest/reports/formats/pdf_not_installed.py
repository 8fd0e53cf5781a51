"""The error of PDFs that cannot be made here."""


class PdfNotInstalled(Exception):
    """typst is not installed. The text explains how to install it."""
