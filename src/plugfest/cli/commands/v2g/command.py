"""`plugfest v2g`: certificates to try plug and charge with: a V2G PKI, a contract, an OCSP responder."""

from typing import Final

import click

from plugfest.cli.calling import executed_by

FAULTS: Final = ("expired", "not-yet-valid")


@click.group(
    epilog="""\b
Example:
  plugfest v2g certificates -o pnc
  plugfest v2g responder pnc"""
)
def command() -> None:
    """Make certificates of ISO 15118 to try plug and charge with (docs/guides/plug-and-charge.md)."""


@command.command(
    epilog="""\b
Examples:
  plugfest v2g certificates -o pnc
  plugfest v2g certificates -o pnc --emaid DE-8AA-C87654321-X
  plugfest v2g certificates -o pnc --fault expired"""
)
@click.option("-o", "--output", required=True, metavar="FOLDER", help="The folder, which is created.")
@click.option("--emaid", default="DE-8AA-C12345678-X", show_default=True, help="The eMAID of the contract.")
@click.option("--fault", type=click.Choice(FAULTS), help="What is wrong with the contract.")
@click.option(
    "--ocsp",
    default="http://localhost:8889",
    show_default=True,
    metavar="URL",
    help="The address of the OCSP responder in new certificates of the PKIs.",
)
@executed_by("v2g.command", "certificates")
def certificates() -> None:
    """Make a V2G PKI, the PKI of a mobility operator, and a contract. PKIs in the folder are kept."""


@command.command(
    epilog="""\b
Example:
  plugfest v2g sign pnc request.pem"""
)
@click.argument("folder")
@click.argument("request", metavar="FILE")
@executed_by("v2g.command", "sign")
def sign() -> None:
    """Print a V2G certificate with its chain for the CSR in FILE, in PEM. FILE may be - (standard input)."""


@command.command(
    epilog="""\b
Examples:
  plugfest v2g responder pnc
  plugfest v2g responder pnc --revoked pnc/contract.pem"""
)
@click.argument("folder")
@click.option("--revoked", multiple=True, metavar="FILE", help="A revoked certificate, in PEM; may be repeated.")
@executed_by("v2g.command", "responder")
def responder() -> None:
    """Run the OCSP responder of the PKIs in FOLDER until Ctrl-C, at the address in their certificates.

    It listens on this computer only. A certificate that the PKIs have not issued is unknown.
    """
