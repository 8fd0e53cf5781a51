"""The form of a new campaign: its fields as arguments of `plugfest certify`, or what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from plugfest.products import Product, ProductError, load_product, product_names
from plugfest.products.selection import select, select_withdrawn

PORT: Final = 9000
_SUFFIX: Final = "_CS"
_TLS: Final = ("2", "3")
_ADDRESS: Final = re.compile(r"(?:(?P<host>[^\s/:]+|\[[0-9a-fA-F:]+\]):)?(?P<port>\d{1,5})")
_ANY_ADDRESS: Final = ("0.0.0.0", "[::]")

OPERATORS: Final = {
    "page": "you, on these pages",
    "http": "a test fixture",
    "station": "the control API of a plugfest station",
}


class CampaignForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields as they were typed."""

    product: str = ""
    station: str = "virtual"
    clock: str = "simulated"
    cases: str = ""
    security_profile: str = ""
    address: str = f"0.0.0.0:{PORT}"
    host: str = ""
    identity: str = ""
    password: str = ""
    operator: str = "page"
    operator_url: str = ""

    @property
    def is_foreign(self) -> bool:
        return self.station == "foreign"


class ListedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product that can be chosen. `value`: in the form; `argument`: of `plugfest certify`."""

    value: str
    argument: str
    group: str


def listed_products(own: Path) -> list[ListedProduct]:
    """The user's own PICS files, then the catalog."""
    try:
        files = sorted(own.glob("*.toml"))
    except OSError:
        files = []
    mine = [ListedProduct(value=one.name, argument=str(one.absolute()), group="Your products") for one in files]
    return mine + [ListedProduct(value=name, argument=name, group="Catalog") for name in product_names()]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was checked: the name and the arguments of the campaign, or a line for each field that is wrong."""

    name: str = ""
    arguments: tuple[str, ...] = ()
    wrong: dict[str, str] = {}


def checked(form: CampaignForm, products: Sequence[ListedProduct], pki: Path) -> Checked:
    """Check a form. `pki`: the folder for the certificates of the lab."""
    chosen = next((one for one in products if one.value == form.product), None)
    if chosen is None:
        return Checked(wrong={"product": "choose a product"})
    try:
        product = load_product(chosen.argument)
    except ProductError as error:
        return Checked(wrong={"product": str(error)})
    ids, unknown = _cases(form.cases, product)
    wrong = {"cases": f"no case of this product is {unknown}"} if unknown else {}
    if form.security_profile == "0" and product.ocpp_version != "1.6":
        wrong["security_profile"] = f"OCPP {product.ocpp_version} has no security profile 0"
    wrong |= dict(_wrong_foreign(form) if form.is_foreign else _wrong_virtual(form))
    if wrong:
        return Checked(wrong=wrong)
    profile = ["--security-profile", form.security_profile] if form.security_profile else []
    station = _foreign(form, pki) if form.is_foreign else ["--clock", "real" if form.clock == "real" else "simulated"]
    cases = [argument for id in ids for argument in ("--case", id)]
    return Checked(name=product.slug, arguments=(*station, *profile, *cases, "--", chosen.argument))


def _cases(text: str, product: Product) -> tuple[list[str], str]:
    """The ids that were asked for, in their order, and the first that is unknown. Patterns are those of a shell."""
    applying = [one.id for one in select(product) if one.applies]
    withdrawn = [one.id for one in select_withdrawn(product) if one.applies]  # only by their id
    ids: list[str] = []
    for asked in text.replace(",", " ").upper().split():
        found = [id for id in applying if fnmatchcase(id, asked)]
        found += [id for id in (*applying, *withdrawn) if id in (asked, asked + _SUFFIX) and id not in found]
        if not found:
            return [], asked
        ids += (id for id in found if id not in ids)
    return ids, ""


def _wrong_virtual(form: CampaignForm) -> Iterator[tuple[str, str]]:
    if form.security_profile == "3":
        yield "security_profile", "a campaign with the virtual station begins with profile 0, 1 or 2"


def _wrong_foreign(form: CampaignForm) -> Iterator[tuple[str, str]]:
    address = _ADDRESS.fullmatch(form.address)
    if address is None or int(address["port"]) > 65535:
        yield "address", f"give HOST:PORT, for example 0.0.0.0:{PORT}"
    elif not form.host and address["host"] in (None, *_ANY_ADDRESS):
        yield "host", "name this computer as the station reaches it: its address or host name in the network"
    if form.operator not in OPERATORS:
        yield "operator", "choose one"
    elif form.operator != "page" and not _is_http(form.operator_url):
        yield "operator_url", "give http://HOST:PORT/PATH"


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _foreign(form: CampaignForm, pki: Path) -> Iterator[str]:
    address = form.address if ":" in form.address else f"0.0.0.0:{form.address}"
    uses_tls = form.security_profile in _TLS
    yield from ("--listen", f"{'wss' if uses_tls else 'ws'}://{address}")
    yield from ("--operator", form.operator if form.operator == "page" else f"{form.operator}={form.operator_url}")
    if uses_tls:
        yield from ("--pki", str(pki))
    for option, value in (("--host", form.host), ("--identity", form.identity)):
        if value:
            yield f"{option}={value}"
