"""Product families: valid ones, and errors in their files."""

from pathlib import Path

import pytest
from tests.products.pics_files import VALID_PICS

from plugfest.products.family import family_names, load_family
from plugfest.products.pics import ProductError

FAMILY = """
title = "Acme wallboxes"
representative = "one.toml"
members = ["two.toml"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A family of two products, in three files."""
    (tmp_path / "one.toml").write_text(VALID_PICS)
    (tmp_path / "two.toml").write_text(VALID_PICS.replace("Wallbox", "Wallbox Plus"))
    (tmp_path / "acme.toml").write_text(FAMILY)
    return tmp_path


def test_the_published_family_has_its_representative_first() -> None:
    family = load_family("alpitronic-hypercharger")
    assert [one.slug for one in family.products] == [
        "alpitronic-hyc-400-us",
        "alpitronic-hyc-200-us",
        "alpitronic-hyc-400-eu",
        "alpitronic-hyc-200-eu",
    ]
    assert family.representative.certificate is not None
    assert tuple(one.slug for one in family.members) == family.representative.certificate.family


def test_every_family_of_the_catalog_can_be_loaded() -> None:
    assert [load_family(name).name for name in family_names()] == list(family_names())


def test_products_are_found_relative_to_the_family_file(folder: Path) -> None:
    family = load_family(str(folder / "acme.toml"))
    assert (family.name, family.title, [one.model for one in family.products]) == (
        "acme",
        "Acme wallboxes",
        ["Wallbox", "Wallbox Plus"],
    )


def test_an_unknown_name_gets_a_similar_name() -> None:
    with pytest.raises(ProductError, match="not a family of the catalog; did you mean alpitronic-hypercharger"):
        load_family("alpitronik")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ('title = "Acme"\nmembers = []', "acme.toml: representative: is missing; add it"),
        ("title = ", "is not valid TOML"),
        (FAMILY.replace("two.toml", "three.toml"), "three.toml cannot be read: No such file"),
        (FAMILY.replace("two.toml", "one.toml"), "has a product twice"),
        (f"{FAMILY}\nunknown = 1", "unknown: is not a key of this table"),
    ],
)
def test_an_error_in_a_family_file_is_one_line(folder: Path, changed: str, error: str) -> None:
    (folder / "acme.toml").write_text(changed)
    with pytest.raises(ProductError, match=error) as caught:
        load_family(str(folder / "acme.toml"))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="No such file"):
        load_family(str(tmp_path / "none.toml"))


@pytest.mark.parametrize("field", ["vendor", "firmware_version"])
def test_a_member_with_another_vendor_or_firmware_is_refused(folder: Path, field: str) -> None:
    lines = VALID_PICS.splitlines()
    (folder / "two.toml").write_text("\n".join(f'{field} = "other"' if one.startswith(field) else one for one in lines))
    with pytest.raises(ProductError, match=f"two: has another {field.replace('_', ' ')} than one"):
        load_family(str(folder / "acme.toml"))
