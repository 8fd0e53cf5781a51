"""What the manufacturer of a virtual station hands to the lab."""

from hashlib import shake_256

from plugfest.lab.files.manufacturer import FirmwareFiles
from plugfest.products import Product
from plugfest.station.files.firmware_image import build_image

PROGRAM_SIZE = 200_000
"""Bytes: what takes a while at a slow server, and none at a fast one."""


def firmware_files(product: Product) -> FirmwareFiles:
    """The next version of the product's firmware, and the same with a bit that is wrong."""
    version = f"{product.firmware_version[:45]}-next"
    program = shake_256(version.encode()).digest(PROGRAM_SIZE)
    image = build_image(product.vendor, product.model, version, program)
    unusable = image[:-1] + bytes([image[-1] ^ 1])
    return FirmwareFiles(image=image, unusable=unusable, version=version)
