"""Loads products from the catalog and from files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path

from plugfest.products.build import read_product
from plugfest.products.pics import ProductError, not_readable
from plugfest.products.product import Product

CATALOG = "catalog"
"""The folder of the PICS files that come with Plugfest, with a folder in it for each OCPP version."""


@cache
def product_names() -> tuple[str, ...]:
    """The names of the products in the catalog, sorted."""
    with resources.as_file(resources.files("plugfest.products") / CATALOG) as folder:
        return tuple(sorted(file.stem for file in folder.glob("*/*.toml")))


def load_product(name_or_path: str) -> Product:
    """A product of the catalog by name, or any product by the path of its PICS file (*.toml).

    Raises ProductError.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return read_product(Path(name_or_path))
    return _from_catalog(name_or_path)


def check_product_exists(name_or_path: str) -> None:
    """Check that there is such a product, see `load_product`, without reading a file that can be read.

    Raises ProductError.
    """
    if not (name_or_path in product_names() or Path(name_or_path).is_file()):
        load_product(name_or_path)


def pics_text(name_or_path: str) -> bytes:
    """The text of the PICS file of a product, see `load_product`. Raises ProductError."""
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        try:
            return Path(name_or_path).read_bytes()
        except OSError as error:
            raise not_readable(Path(name_or_path), error) from None
    with _catalog_file(name_or_path) as file:
        return file.read_bytes()


def performance_limits(product: Product) -> Mapping[str, float]:
    """The vendor's limits of the performance indicators, in seconds, by key.

    A family member without limits has those of its representative.
    """
    representative = product.certificate.representative if product.certificate else None
    if product.performance.limit or representative not in product_names():
        return product.performance.limit
    return _from_catalog(representative).performance.limit


@cache
def _from_catalog(name: str) -> Product:
    with _catalog_file(name) as file:
        return read_product(file)


@contextmanager
def _catalog_file(name: str) -> Iterator[Path]:
    names = product_names()
    if name not in names:
        near = [one for one in (f"{name}.toml",) if Path(one).is_file()]  # of the user
        near = near or [one for one in names if name in one] or get_close_matches(name, names, n=3, cutoff=0.3)
        known = f"did you mean {', '.join(near)}?" if near else f"the catalog has {', '.join(names)};"
        right = f"{known} or give the path of a .toml file"
        raise ProductError(name, "", "is not a product of the catalog", right)
    with resources.as_file(resources.files("plugfest.products") / CATALOG) as folder:
        yield next(folder.glob(f"*/{name}.toml"))
