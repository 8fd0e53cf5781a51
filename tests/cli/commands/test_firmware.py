"""`plugfest firmware`: images that a station installs, and images that it refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugfest.cli.commands.firmware import ImageDefect, command
from plugfest.cli.execution.firmware import CERTIFICATE, KEY, ROOT
from plugfest.clock import SystemClock
from plugfest.products import load_product
from plugfest.station.blocks.l_firmware_management.rules import certificate_problem, signature_problem
from plugfest.station.files.firmware_image import InvalidImage, read_manifest

PRODUCT = "chargepoint-ct4000"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    assert run("keys", "-o", str(folder)).exit_code == 0
    return folder


def build(tmp_path: Path, *options: str) -> bytes:
    file = tmp_path / "image.bin"
    result = run("build", "--product", PRODUCT, "--version", "2.0", "-o", str(file), *options)
    assert result.exit_code == 0, result.output
    return file.read_bytes()


def test_an_image_is_for_the_product_and_has_the_version(tmp_path: Path) -> None:
    manifest, product = read_manifest(build(tmp_path)), load_product(PRODUCT)
    assert manifest.version == "2.0"
    assert manifest.fits(product.vendor, product.model)
    assert not (tmp_path / "image.bin.sig").exists()


def test_a_signed_image_is_genuine_for_a_station_with_the_root(tmp_path: Path, keys: Path) -> None:
    image = build(tmp_path, "--sign", str(keys / KEY))
    certificate, root = (keys / CERTIFICATE).read_text(), (keys / ROOT).read_text()
    assert certificate_problem(certificate, [root], SystemClock().now()) is None
    assert signature_problem(image, (tmp_path / "image.bin.sig").read_text(), certificate) is None
    assert (keys / KEY).stat().st_mode & 0o077 == 0


def test_a_wrong_signature_is_refused(tmp_path: Path, keys: Path) -> None:
    image = build(tmp_path, "--sign", str(keys / KEY), "--fault", ImageDefect.WRONG_SIGNATURE.value)
    assert signature_problem(image, (tmp_path / "image.bin.sig").read_text(), (keys / CERTIFICATE).read_text())


def test_a_damaged_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidImage, match="checksum"):
        read_manifest(build(tmp_path, "--fault", ImageDefect.DAMAGED.value))


def test_an_image_for_another_product_is_refused(tmp_path: Path) -> None:
    product = load_product(PRODUCT)
    manifest = read_manifest(build(tmp_path, "--fault", ImageDefect.OTHER_PRODUCT.value))
    assert not manifest.fits(product.vendor, product.model)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--version", "x" * 51], "expected 1 to 50 characters, got 51"),
        (["--version", ""], "expected 1 to 50 characters, got 0"),
        (["--version", "1", "--product", "nothing"], "nothing is not a product of the catalog"),
        (["--version", "1", "--fault", "wrong-signature"], "--fault wrong-signature needs --sign KEY"),
        (["--version", "1", "--sign", "missing.key"], "cannot read missing.key: No such file or directory"),
        (["--version", "1", "-o", "missing/image.bin"], "cannot write missing/image.bin: No such file or directory"),
    ],
)
def test_wrong_options_are_one_line(
    options: list[str], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("build", "--product", PRODUCT, "-o", "image.bin", *options)
    assert result.exit_code == 1
    assert problem in result.output
    assert result.output.count("\n") == 1
