"""`plugfest firmware`: makes firmware images and signatures for a virtual station."""

from pathlib import Path
from typing import Final

import click

from plugfest import clock
from plugfest.cli.commands.firmware import ImageDefect
from plugfest.cli.terminal.standard_output import echo
from plugfest.cli.values.station_arguments import private_key_of, virtual_product
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


def build(product: str, version: str, key_file: str | None, fault: str | None, output: str) -> None:
    """Write an image, and its signature if a key is given. Raises ClickException."""
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


def keys(output: str) -> None:
    """Write the certificates and the key of a manufacturer. Raises ClickException."""
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
