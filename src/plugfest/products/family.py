"""A family of products: the same firmware in different hardware."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import resources
from pathlib import Path

import msgspec

from plugfest.products.library import load_product
from plugfest.products.pics import ProductError
from plugfest.products.product import Product
from plugfest.toml_files.file import TomlFile
from plugfest.toml_files.problems import InvalidFile
from plugfest.toml_files.schema import empty_texts, schema_problems

FAMILIES = "families"
SHARED = ("vendor", "firmware_version", "ocpp_version", "profiles")
"""The fields that every member must have in common with the representative."""


class FamilyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A family file. Products are names in the catalog, or paths of PICS files relative to the family file."""

    title: str
    representative: str
    members: tuple[str, ...]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The representative product, and the members in the file's order."""

    name: str
    title: str
    representative: Product
    members: tuple[Product, ...]

    @property
    def products(self) -> tuple[Product, ...]:
        """All products, the representative first."""
        return (self.representative, *self.members)


def family_names() -> tuple[str, ...]:
    """The names of the families in the catalog, sorted."""
    with resources.as_file(resources.files("plugfest.products") / FAMILIES) as folder:
        return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def load_family(name_or_path: str) -> Family:
    """A family of the catalog by name, or any family by the path of its file (*.toml).

    Raises ProductError if the file or a product is not valid, or a product does not belong to the family.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(Path(name_or_path))
    names = family_names()
    if name_or_path not in names:
        near = get_close_matches(name_or_path, names, n=3, cutoff=0.3)
        known = f"did you mean {', '.join(near)}?" if near else f"the catalog has {', '.join(names)};"
        right = f"{known} or give the path of a .toml file"
        raise ProductError(name_or_path, "", "is not a family of the catalog", right)
    with resources.as_file(resources.files("plugfest.products") / FAMILIES / f"{name_or_path}.toml") as file:
        return _read(file)


def _read(file: Path) -> Family:
    table = _table(file)
    family = Family(
        name=file.stem,
        title=table.title,
        representative=_product(file, table.representative),
        members=tuple(_product(file, name) for name in table.members),
    )
    for member in family.members:
        _check_related(file, family.representative, member)
    if len({product.slug for product in family.products}) < len(family.products):
        raise ProductError(str(file), "members", "has a product twice", "list each product once")
    return family


def _table(file: Path) -> FamilyTable:
    try:
        data = file.read_bytes()
    except OSError as error:
        wrong = f"cannot be read: {error.strerror or error}"
        raise ProductError(str(file), "", wrong, "give a readable file") from None
    try:
        parsed = TomlFile.parse(str(file), data)
        parsed.check((*schema_problems(parsed.tables, FamilyTable), *empty_texts(parsed.tables)))
    except InvalidFile as error:
        raise ProductError.of(error.problems) from None
    return msgspec.convert(parsed.tables, FamilyTable)


def _product(file: Path, name: str) -> Product:
    return load_product(str(file.parent / name) if name.endswith(".toml") else name)


def _check_related(file: Path, representative: Product, member: Product) -> None:
    for field in SHARED:
        if getattr(member, field) != getattr(representative, field):
            raise ProductError(
                str(file),
                f"members: {member.slug}",
                f"has another {field.replace('_', ' ')} than {representative.slug}",
                "all members need the same vendor, firmware, OCPP version and profiles",
            )
