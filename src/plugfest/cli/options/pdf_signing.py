"""The options for the signature of PDFs that PDF readers understand."""

from pathlib import Path
from typing import Final

import click

from plugfest.cli.options.adding import Command, add_options

LAB: Final = "lab"

OPTIONS: Final = (
    click.option(
        "--sign-pdf",
        "pdf_certificate",
        metavar="lab|FILE",
        help="Also sign the PDFs as PDF readers understand it (PAdES): with a certificate of this lab, or with that in"
        " a PKCS#12 file (.p12, .pfx).",
    ),
    click.option(
        "--sign-pdf-password",
        "pdf_password_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The password of the PKCS#12 file is the first line of this file.  [default: ask for it]",
    ),
)


def pdf_signing_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, OPTIONS)
