"""The products that come with Plugfest, and those of files."""

from pathlib import Path

from plugfest.api.errors import UnusableSettings
from plugfest.products import Product, ProductError, load_product, product_names

__all__ = ["Product", "load", "names", "products"]


def names() -> tuple[str, ...]:
    """The names of the products in the catalog, sorted."""
    return product_names()


def products(ocpp_version: str | None = None) -> tuple[Product, ...]:
    """The products in the catalog, of an OCPP version ("1.6", "2.0.1") or all."""
    loaded = (load_product(name) for name in product_names())
    return tuple(each for each in loaded if ocpp_version in (None, each.ocpp_version))


def load(name_or_path: str | Path) -> Product:
    """A product of the catalog by its name, or one of a PICS file (*.toml). Raises UnusableSettings."""
    try:
        return load_product(str(name_or_path))
    except ProductError as error:
        raise UnusableSettings(str(error)) from None
