"""`plugfest firmware`: makes firmware images and signatures for a virtual station."""

from enum import StrEnum
from pathlib import Path
from typing import Final

import click

from plugfest import clock
from plugfest.cli.options.product import product_argument
from plugfest.cli.options.station_arguments import private_key_of, virtual_product
from plugfest.cli.terminal.standard_output import echo
from plugfest.products import Product
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import KeyKind
from plugfest.security.pki import TestPki
from plugfest.security.private_files import make_private_folder, write_private
from plugfest.station.files.firmware_image import MAX_VERSION_LENGTH, build_image

ROOT, CERTIFICATE, KEY = "manufacturer-root.pem", "firmware-signing.pem", "firmware-signing.key"
"""The files of `plugfest firmware keys`."""

_PROGRAM: Final = b"The program of a virtual charging station.\n" * 1000


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
def build(product: str, version: str, key_file: str | None, fault: str | None, output: str) -> None:
    """Make a firmware image for a product of the catalog or of a PICS file.

    \b
    A station refuses an image with a --fault:
      damaged          the checksum is wrong: InstallVerificationFailed
      other-product    it is for another model: InstallationFailed
      wrong-signature  the signature is not that of the image: InvalidSignature
    """
    loaded, chosen = virtual_product(product), None if fault is None else ImageDefect(fault)
    if not 0 < len(version) <= MAX_VERSION_LENGTH:
        raise click.ClickException(f"--version: expected 1 to {MAX_VERSION_LENGTH} characters, got {len(version)}")
    if chosen is ImageDefect.WRONG_SIGNATURE and key_file is None:
        raise click.ClickException("--fault wrong-signature needs --sign KEY")
    image = _image(loaded, version, chosen)
    signature = None if key_file is None else _signature(image, key_file, chosen)
    _write(Path(output), image)
    echo(f"{output}: firmware {version} for {loaded.vendor} {loaded.model}, {len(image)} bytes")
    if signature is not None:
        _write(Path(f"{output}.sig"), signature.encode())
        echo(f"{output}.sig: its signature in base64, the field `signature` of UpdateFirmware")


@command.command(
    epilog="""\b
Example:
  plugfest firmware keys -o keys
  plugfest firmware build chargepoint-ct4000 --version 2.0 --sign keys/firmware-signing.key -o image.bin"""
)
@click.option("-o", "--output", required=True, metavar="FOLDER", help="The folder, which is created.")
def keys(output: str) -> None:
    """Make a manufacturer: its root certificate, and a firmware signing certificate with its key."""
    pki = TestPki(clock.SystemClock().now(), organization="Manufacturer")
    signer = pki.firmware_signer("Manufacturer", kind=KeyKind.RSA_2048)  # every station supports RSA (L01.FR.04)
    folder = Path(output)
    try:
        make_private_folder(folder)
    except OSError as error:
        raise click.ClickException(f"cannot write {folder}: {error.strerror or error}") from None
    for name, text, use in (
        (ROOT, certificate_to_pem(pki.root.certificate), "install it in the station as ManufacturerRootCertificate"),
        (CERTIFICATE, signer.chain, "the field `signingCertificate` of UpdateFirmware"),
        (KEY, signer.key, "for plugfest firmware build --sign"),
    ):
        path = folder / name
        _write(path, text.encode(), private=name == KEY)
        echo(f"{path}: {use}")


def _image(product: Product, version: str, defect: ImageDefect | None) -> bytes:
    model = "Another model" if defect is ImageDefect.OTHER_PRODUCT else product.model
    image = build_image(product.vendor, model, version, _PROGRAM)
    return image[:-1] if defect is ImageDefect.DAMAGED else image


def _signature(image: bytes, key_file: str, defect: ImageDefect | None) -> str:
    signed = image + b"\0" if defect is ImageDefect.WRONG_SIGNATURE else image
    return sign_firmware(signed, private_key_of(key_file))


def _write(path: Path, content: bytes, *, private: bool = False) -> None:
    try:
        if private:
            write_private(path, content)
        else:
            path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None
