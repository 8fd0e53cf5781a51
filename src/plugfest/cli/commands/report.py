"""`plugfest report`: converts the JSON of a report to the other formats."""

from pathlib import Path

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.approval import approval_options
from plugfest.cli.options.outputs import KEY_OPTION
from plugfest.cli.options.pdf_signing import pdf_signing_options


@click.command(
    epilog="""\b
Examples:
  plugfest report report.json --to reports/hyc
  plugfest report runs/hyc --to reports/hyc
  plugfest report runs/hyc --to reports/hyc --reviewed-by "G. Hopper" --reference 2026-117
  plugfest report report.json --pdf hyc.pdf --pdf-evidence hyc-evidence.pdf
  plugfest report report.json --to reports/hyc --sign-pdf lab-manager.p12
  plugfest report report.json --csv -"""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="RUN_OR_JSON")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write every format to this folder."
)
@click.option("--html", "html_file", metavar="FILE", help="Write the HTML page; - is standard output.")
@click.option("--pdf", "pdf_file", metavar="FILE", help="Write the PDF without the evidence; - is standard output.")
@click.option(
    "--pdf-evidence", "evidence_file", metavar="FILE", help="Write the PDF with the evidence; - is standard output."
)
@click.option("--junit", "junit_file", metavar="FILE", help="Write the cases as JUnit XML; - is standard output.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write the cases as CSV; - is standard output.")
@click.option("--unverified", is_flag=True, help="Accept an altered or unsigned file; the report will state this.")
@approval_options
@KEY_OPTION
@pdf_signing_options
@executed_by("report")
def command() -> None:
    """Write the report of a run, or convert the JSON of a report to HTML, PDF and other formats.

    RUN_OR_JSON is the folder of a run, also of one that is not finished, or the JSON that `plugfest certify` wrote.

    The report of a run is signed by this lab. Formats of a JSON file are signed if the key that signed it is available,
    and have the names in it: the options for other names are for a run.

    Exit code 0: written; 2: could not be written, or the file was altered.
    """
