"""Which edition of the specification, and of its errata, selects the cases of a product."""

from pathlib import Path

import pytest
from tests.products.pics_files import VALID_PICS, pics_file

from plugfest.products import ProductError, load_product
from plugfest.products.features import feature_catalog

CERTIFICATE = """
[certificate]
kind = "certificate"
date = 2026-04-28
specification = "{specification}"
results = {{ "Core" = "Pass" }}
"""


def selected_by(path: str) -> tuple[int, str | None]:
    product = load_product(path)
    return product.edition, product.errata


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", (4, None)),
        ("edition = 3", (3, None)),
        ('errata = "2025-04"', (3, "2025-04")),
        ('errata = "2024-02"', (3, "2024-02")),
        ('errata = "2026-02"', (4, "2026-02")),
        ('edition = 4\nerrata = "2026-02"', (4, "2026-02")),
        ('edition = 3\nerrata = "2026-02"', (3, "2026-02")),
    ],
)
def test_the_edition_is_the_declared_one_or_the_newest(
    tmp_path: Path, declared: str, expected: tuple[int, str | None]
) -> None:
    assert selected_by(pics_file(tmp_path, ('["Core"]', f'["Core"]\n{declared}'))) == expected


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ("OCPP 2.0.1 (Edition 4 FINAL, 2025-12-03 including Errata 2026-02)", (4, "2026-02")),
        ("OCPP 2.0.1 (Edition 3 FINAL, 2024-05-06)", (3, None)),
        ("OCPP 2.0.1 (Edition 2 FINAL, 2022-12-15 including Errata 2024-02, 2024-02-28)", (3, "2024-02")),
        ("OCPP 2.0.1 (Edition 9 FINAL)", (4, None)),
        ("OCPP 2.0.1", (4, None)),
    ],
)
def test_a_certificate_names_the_edition_of_a_product_that_declares_none(
    tmp_path: Path, specification: str, expected: tuple[int, str | None]
) -> None:
    text = VALID_PICS + CERTIFICATE.format(specification=specification)
    assert selected_by(pics_file(tmp_path, text=text)) == expected


def test_a_declared_edition_overrides_the_certificate(tmp_path: Path) -> None:
    text = VALID_PICS + CERTIFICATE.format(specification="OCPP 2.0.1 (Edition 4 FINAL including Errata 2026-02)")
    assert selected_by(pics_file(tmp_path, ('["Core"]', '["Core"]\nedition = 3'), text=text)) == (3, None)


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        ("edition = 2", "product.edition: is 2; write 3 or 4"),
        ('edition = 4\nerrata = "2025-04"', r"is '2025-04', before Edition 4 \(2025-12\); remove one of the two"),
    ],
)
def test_an_edition_that_cannot_be_is_refused(tmp_path: Path, declared: str, error: str) -> None:
    with pytest.raises(ProductError, match=error):
        load_product(pics_file(tmp_path, ('["Core"]', f'["Core"]\n{declared}')))


def test_btc_power_is_selected_by_the_edition_of_its_certificate() -> None:
    assert selected_by("btc-power-gen4-l3a") == (4, "2026-02")


def test_a_specification_is_titled_as_in_a_certificate() -> None:
    third, fourth = feature_catalog("2.0.1").editions
    assert third.specification("2025-09") == "OCPP 2.0.1 (Edition 3 FINAL, 2024-05-06 including Errata 2025-09)"
    assert fourth.specification(None) == "OCPP 2.0.1 (Edition 4 FINAL, 2025-12-03)"
