"""`plugfest verify`: verifies the signature of a report: who signed it, and what was altered."""

from pathlib import Path

import click

from plugfest.cli.calling import executed_by


@click.command(
    epilog="""\b
Examples:
  plugfest verify report.json
  plugfest verify reports/hyc
  plugfest verify report.pdf --fingerprint 4f3c...9a"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_DIR...")
@click.option("--fingerprint", metavar="HEX", help="Required signer: the fingerprint or instance ID of a lab.")
@click.option("--json", "as_objects", is_flag=True, help="Print a JSON array with an object per file.")
@executed_by("verify")
def command() -> None:
    """Verify signed reports (JSON, HTML, PDF, JUnit XML), or the folder of a report.

    Signatures that were appended to a PDF by PDF programs are checked as well, with the extra `pades`. Whether to trust
    their certificates is for you to decide.

    Exit code 0: intact; 1: altered, unsigned, or signed by another lab than --fingerprint; 2: could not be read.
    """
