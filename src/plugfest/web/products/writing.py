"""The text of a new PICS file: a copy of a product, a template, or what a file contains that a user has."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from plugfest.products import Product, load_product, performance_limits, pics_text
from plugfest.products.draft import IDENTITY, Draft, Known
from plugfest.products.draft import text as draft_text
from plugfest.products.draft.text import toml_value
from plugfest.products.features import OcppVersion
from plugfest.products.pics import parse_pics
from plugfest.reports.files import read_bytes
from plugfest.toml_files.editing import Change, with_values, without
from plugfest.toml_files.editing import Path as KeyPath
from plugfest.toml_files.file import TomlFile

FORMS: Final = (".csv", ".xlsx")
_SECONDS: Final = 60
"""How long a form may take to be read."""


class NotImported(Exception):
    """A file from which no PICS can be made. The text is for the user."""


def copied(name: str) -> str:
    """The PICS of a product of the catalog as that of another one: without what only its own documents contain."""
    product = load_product(name)
    source = parse_pics(name, pics_text(name))
    text = without(without(source.file.text, ("certificate",)), ("performance", "measured"))
    body = text[text.index("[product]") :]
    return f"# A copy of {name}, a product of the catalog of Plugfest.\n\n{with_values(body, dict(_kept(product)))}"


def _kept(product: Product) -> Iterable[tuple[KeyPath, Change]]:
    """What the certificate of a product or its representative contains and selects its cases, or their time limits."""
    yield ("product", "edition"), Change(str(product.edition))
    if product.errata is not None:
        yield ("product", "errata"), Change(toml_value(product.errata))
    for key, limit in performance_limits(product).items():
        yield ("performance", "limit", key), Change(toml_value(limit))


def template(version: OcppVersion, identity: dict[str, str]) -> str:
    """A PICS without answers."""
    return draft_text.pics_text(
        Draft(version=version, identity={key: Known(value, "") for key, value in identity.items()})
    )


async def from_form(name: str, suffix: str, data: bytes) -> str:
    """The PICS from an official form. A process of its own reads it, as that may take long. Raises NotImported."""
    with TemporaryDirectory(prefix="plugfest-") as folder:
        form, output = Path(folder) / f"{name}{suffix}", Path(folder) / "pics.toml"
        form.write_bytes(data)
        problems = await _read_form(form, output)
        text = read_bytes(output).decode()
    return "".join(f"# {line}\n" for line in problems) + _with_identity(name, text)


async def _read_form(form: Path, output: Path) -> list[str]:
    """What could not be read, a line each."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "plugfest", "init", "--no-ask", "--form", str(form), "-o", str(output)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await asyncio.wait_for(process.communicate(), _SECONDS)
    except (TimeoutError, asyncio.CancelledError) as error:
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise NotImported(
                f"the form is not read within {_SECONDS} s; save the sheet with the answers as CSV"
            ) from None
        raise
    lines = [_printable(line) for line in errors.decode(errors="replace").splitlines() if line.strip()]
    if process.returncode:
        raise NotImported(
            (lines or ["the form cannot be read"])[-1].removeprefix("plugfest: ").replace(f"{form.parent}/", "")
        )
    return lines


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)


def _with_identity(name: str, text: str) -> str:
    """The text with every key that a product needs, so that the form of the page can show it."""
    product = TomlFile.parse(name, text.encode()).tables["product"]
    missing: dict[KeyPath, Change] = {("product", key): Change('""') for key in IDENTITY if key not in product}
    return with_values(text, missing)
