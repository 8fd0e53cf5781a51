"""The firmware image: its completeness and its product."""

import pytest

from plugfest.station.files.firmware_image import InvalidImage, build_image, read_manifest

IMAGE = build_image("Vendor", "Model", "2.0", b"\n\x00program\n")


def test_an_image_names_its_product() -> None:
    manifest = read_manifest(IMAGE)
    assert manifest.version == "2.0"
    assert manifest.fits("Vendor", "Model")
    assert not manifest.fits("Vendor", "Other")


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (b"", "not firmware for this type"),
        (b"MZ" + IMAGE, "not firmware for this type"),
        (IMAGE[:25], "invalid manifest"),
        (IMAGE[:-1], "checksum"),
        (IMAGE + b"x", "checksum"),
        (build_image("Vendor", "Model", "9" * 51, b""), "invalid manifest"),
    ],
)
def test_an_incomplete_image_is_one_line(image: bytes, why: str) -> None:
    with pytest.raises(InvalidImage, match=why) as caught:
        read_manifest(image)
    assert "\n" not in str(caught.value)
