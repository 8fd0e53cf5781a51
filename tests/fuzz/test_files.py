"""Mutated files that a user gives, and files that a file server gives: each is read, or refused with its reason."""

import contextlib
import gzip
import lzma
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz import texts
from tests.fuzz.effort import FACTOR, fuzzed, inputs
from tests.lab.checks.test_uploaded_log import LOG, tarred, zipped

from plugfest.campaigns.toml_files import InvalidToml, load_approval, load_settings
from plugfest.lab.checks.uploaded_log import UnreadableArchive, log_size
from plugfest.products import load_product
from plugfest.products.build import read_product
from plugfest.products.library import pics_text
from plugfest.products.pics import ProductError
from plugfest.station.files.firmware_image import InvalidImage, build_image, read_manifest

INPUTS = 10 if FACTOR == 1 else 100

SETTINGS = """
identity = "CS001"
password = "a-password-of-20-bytes"
boot_timeout = 60
evse = { id = 1, connector_id = 1 }
tokens = { valid = { id = "A", type = "ISO14443" } }
station_roots = ["root.pem"]
[firmware]
image = "image.bin"
"""

APPROVAL = """
test_location = "Arnhem"
tested_by = "A"
"""

seeds = st.integers(0, 2**63).map(Random)


@pytest.mark.parametrize("name", ["alpitronic-hyc-200-eu", "reference-16-ac"])
@fuzzed(3)
@given(random=seeds)
def test_a_mutated_pics_is_read_or_refused_line_by_line(tmp_path: Path, name: str, random: Random) -> None:
    path = tmp_path / "pics.toml"
    for _ in range(INPUTS):
        path.write_text(texts.mutated(pics_text(name).decode(), random), errors="surrogateescape")
        try:
            read_product(path)
        except ProductError as error:
            check_lines(error.problems)
    inputs["TOML files"] += INPUTS


@pytest.mark.parametrize("name", ["alpitronic-hyc-200-eu", "reference-16-ac"])
@fuzzed(3)
@given(random=seeds)
def test_mutated_settings_are_read_or_refused(tmp_path: Path, name: str, random: Random) -> None:
    path = tmp_path / "lab.toml"
    for _ in range(INPUTS):
        path.write_text(texts.mutated(SETTINGS, random))
        with contextlib.suppress(InvalidToml):
            load_settings(path, load_product(name))
        path.write_text(texts.mutated(APPROVAL, random))
        with contextlib.suppress(InvalidToml):
            load_approval(path)
    inputs["TOML files"] += 2 * INPUTS


def check_lines(problems: tuple[object, ...]) -> None:
    assert problems
    assert all("\n" not in str(each) for each in problems)


@fuzzed(5)
@given(random=seeds)
def test_a_mutated_firmware_image_is_refused(random: Random) -> None:
    image = build_image("Acme", "Wallbox", "1.0", random.randbytes(300))
    for _ in range(INPUTS):
        wrong = of_bytes(image, random)
        if wrong == image:
            continue
        with contextlib.suppress(InvalidImage):  # a name in the manifest may change: the signature covers it
            assert read_manifest(wrong).sha256 == read_manifest(image).sha256
    inputs["firmware images"] += INPUTS


def of_bytes(data: bytes, random: Random) -> bytes:
    """The data with some bytes changed, cut off or repeated."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 3, 20))):
        at = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0:
                del changed[at:]
            case 1:
                changed[at:at] = changed[at : at + random.randrange(50)]
            case 2:
                changed[at : at + 4] = random.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))
            case _:
                changed[at : at + 1] = random.randbytes(1)
    return bytes(changed)


ARCHIVES = {
    "log.zip": zipped(),
    "log.gz": gzip.compress(LOG, mtime=0),
    "log.tar.gz": tarred(),
    "log.xz": lzma.compress(LOG),
}


@pytest.mark.parametrize("name", ARCHIVES)
@fuzzed(5)
@given(random=seeds)
def test_a_mutated_log_is_opened_or_unreadable(name: str, random: Random) -> None:
    for _ in range(INPUTS):
        with contextlib.suppress(UnreadableArchive):
            log_size(name, of_bytes(ARCHIVES[name], random))
    inputs["archives of logs"] += INPUTS
