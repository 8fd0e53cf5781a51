"""`plugfest firmware`: makes firmware images and signatures for a virtual station."""

from enum import StrEnum

import click

from plugfest.cli.calling import executed_by
from plugfest.cli.options.product import product_argument


class ImageDefect(StrEnum):
    """What is wrong with an image on purpose."""

    DAMAGED = "damaged"
    OTHER_PRODUCT = "other-product"
    WRONG_SIGNATURE = "wrong-signature"


@click.group(
    epilog="""\b
Examples:
  plugfest firmware build chargepoint-ct4000 --version 2.0 -o image.bin
  plugfest firmware keys -o keys"""
)
def command() -> None:
    """Make firmware images and signatures for a virtual station.

    A virtual station installs images in its own format (docs/guides/run-a-station.md). Nothing else can be installed.
    """


@command.command(
    epilog="""\b
Examples:
  plugfest firmware build chargepoint-ct4000 --version 2.0 -o image.bin
  plugfest firmware build chargepoint-ct4000 --version 2.0 --sign keys/firmware-signing.key -o image.bin
  plugfest firmware build chargepoint-ct4000 --version 2.0 --fault damaged -o damaged.bin"""
)
@product_argument
@click.option("--version", required=True, metavar="TEXT", help="The version that the station reports afterwards.")
@click.option("--sign", "key_file", metavar="KEY", help="Sign with this private key (PEM): writes FILE.sig beside it.")
@click.option(
    "--fault",
    type=click.Choice([fault.value for fault in ImageDefect]),
    help="What is wrong with the image, to test its refusal.",
)
@click.option("-o", "--output", required=True, metavar="FILE", help="The image.")
@executed_by("firmware", "build")
def build() -> None:
    """Make a firmware image for a product of the catalog or of a PICS file.

    \b
    A station refuses an image with a --fault:
      damaged          the checksum is wrong: InstallVerificationFailed
      other-product    it is for another model: InstallationFailed
      wrong-signature  the signature is not that of the image: InvalidSignature
    """


@command.command(
    epilog="""\b
Example:
  plugfest firmware keys -o keys
  plugfest firmware build chargepoint-ct4000 --version 2.0 --sign keys/firmware-signing.key -o image.bin"""
)
@click.option("-o", "--output", required=True, metavar="FOLDER", help="The folder, which is created.")
@executed_by("firmware", "keys")
def keys() -> None:
    """Make a manufacturer: its root certificate, and a firmware signing certificate with its key."""
