"""The form of a new campaign: its fields as arguments of `plugfest certify`, or what is wrong with them."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from plugfest.campaigns.toml_files import InvalidToml, files_named_in, load_approval, load_settings, vendor_timeouts
from plugfest.lab.operator.capabilities import Capability
from plugfest.products import Product
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.files import NotReadable
from plugfest.web.bench.choice import NoSubject, Subject, case_choice, subject_of
from plugfest.web.bench.files import CampaignFiles
from plugfest.web.forms import Form
from plugfest.web.own_files import OwnFiles

PORT: Final = 9000
RANDOM: Final = "random"
_TLS: Final = ("2", "3")
_ADDRESS: Final = re.compile(r"(?:(?P<host>[^\s/:]+|\[[0-9a-fA-F:]+\]):)?(?P<port>\d{1,5})")
_ANY_ADDRESS: Final = ("0.0.0.0", "[::]")

OPERATORS: Final = {
    "page": "you, on these pages",
    "http": "a test fixture",
    "station": "the control API of a plugfest station",
}


ORDERS: Final = {
    "": "as given, else as in the test plan",
    "plan": "as in the test plan",
    "walking": "walking: fewer steps for a person",
    RANDOM: "random, by a seed",
}

NAMES: Final = {
    "reference": "Number of the report",
    "test_location": "Place of the tests",
    "tested_by": "Tested by",
    "reviewed_by": "Reviewed by",
}
"""The names in the report, each as a field and as an option of `plugfest certify`."""


REPORT_FILES: Final = {"settings": "--settings", "approval": "--approval", "firmware": "--firmware-image"}
"""The files of any campaign, by their fields, with the options that name them."""


class CampaignForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields as they were typed. `product`: a product or a family, see `subject_of`."""

    product: str = ""
    station: str = "virtual"
    clock: str = "simulated"
    cases: str = ""
    blocks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    order: str = ""
    seed: str = ""
    security_profile: str = ""
    address: str = f"0.0.0.0:{PORT}"
    host: str = ""
    identity: str = ""
    password: str = ""
    operator: str = "page"
    operator_url: str = ""
    ev_url: str = ""
    cannot: tuple[str, ...] = ()
    trusts_lab: str = ""
    station_root: str = ""
    settings: str = ""
    firmware: str = ""
    reference: str = ""
    test_location: str = ""
    tested_by: str = ""
    reviewed_by: str = ""
    approval: str = ""

    @classmethod
    def of(cls, form: Form) -> "CampaignForm":
        """The fields that a page has sent; others have their defaults."""
        values: dict[str, str | list[str]] = {
            one.name: form.all(one.name) if one.default == () else form.get(one.name, str(one.default))
            for one in msgspec.structs.fields(cls)
        }
        return msgspec.convert(values, cls)

    def for_address(self) -> list[tuple[str, str]]:
        """The fields that differ from their defaults, for the address of a page; a password is not part of one."""
        defaults = msgspec.structs.asdict(CampaignForm())
        given = msgspec.structs.asdict(self)
        values = {name: given[name] for name in given if given[name] != defaults[name] and name != "password"}
        lists = {name: value if isinstance(value, tuple) else (value,) for name, value in values.items()}
        return [(name, value) for name, several in lists.items() for value in several]

    @property
    def is_foreign(self) -> bool:
        return self.station == "foreign"

    @property
    def requested(self) -> RequestedCases:
        """The cases that are chosen."""
        ids = tuple(self.cases.replace(",", " ").split())
        return RequestedCases(ids=ids, blocks=self.blocks, profiles=self.profiles)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was checked: the name and the arguments of the campaign, or a line for each field that is wrong."""

    name: str = ""
    arguments: tuple[str, ...] = ()
    wrong: dict[str, str] = {}


def checked(form: CampaignForm, own: OwnFiles, files: CampaignFiles, pki: Path) -> Checked:
    """Check a form. `pki`: the folder for the certificates of the lab."""
    try:
        subject = subject_of(form.product, own)
    except NoSubject as error:
        return Checked(wrong={"product": str(error)})
    wrong = dict(_wrong_choice(form, subject))
    wrong |= dict(_wrong_foreign(form, files) if form.is_foreign else _wrong_virtual(form))
    wrong |= _wrong_files(form, files, subject.products[0])
    if wrong:
        return Checked(wrong=wrong)
    profile = ["--security-profile", form.security_profile] if form.security_profile else []
    station = _foreign(form, files, pki) if form.is_foreign else _virtual(form)
    report = (*_file_options(form, files, REPORT_FILES), *_names(form))
    return Checked(name=subject.name, arguments=(*station, *profile, *report, *_cases(form), *subject.arguments))


def _virtual(form: CampaignForm) -> Iterator[str]:
    yield from ("--clock", "real" if form.clock == "real" else "simulated")


def _names(form: CampaignForm) -> Iterator[str]:
    """The names in the report."""
    for field in NAMES:
        if value := getattr(form, field):
            yield f"--{field.replace('_', '-')}={value}"


def _file_options(form: CampaignForm, files: CampaignFiles, options: Mapping[str, str]) -> Iterator[str]:
    """The options that name the chosen files."""
    for kind, option in options.items():
        if path := files.path(kind, getattr(form, kind)):
            yield f"{option}={path}"


def _cases(form: CampaignForm) -> Iterator[str]:
    options = {"--case": form.requested.ids, "--block": form.blocks, "--profile": form.profiles}
    for option, values in options.items():
        yield from (f"{option}={value}" for value in values)
    if form.order == RANDOM:
        yield f"--shuffle={form.seed}"
    elif form.order:
        yield f"--order={form.order}"


def _wrong_choice(form: CampaignForm, subject: Subject) -> Iterator[tuple[str, str]]:
    version = subject.products[0].ocpp_version
    if form.is_foreign and len(subject.products) > 1:
        yield "product", "a family is tested with virtual stations: test your products one by one"
    if problem := case_choice(subject, form.requested).problem:
        yield "cases", problem
    if form.order not in ORDERS:
        yield "order", "choose one"
    if form.order == RANDOM and not re.fullmatch("[0-9]{1,18}", form.seed):
        yield "seed", "give a whole number: equal numbers give equal orders"
    if form.security_profile == "0" and version != "1.6":
        yield "security_profile", f"OCPP {version} has no security profile 0"


def _wrong_virtual(form: CampaignForm) -> Iterator[tuple[str, str]]:
    if form.security_profile == "3":
        yield "security_profile", "a campaign with the virtual station begins with profile 0, 1 or 2"


def _wrong_foreign(form: CampaignForm, files: CampaignFiles) -> Iterator[tuple[str, str]]:
    address = _ADDRESS.fullmatch(form.address)
    if address is None or int(address["port"]) > 65535:
        yield "address", f"give HOST:PORT, for example 0.0.0.0:{PORT}"
    elif not form.host and address["host"] in (None, *_ANY_ADDRESS):
        yield "host", "name this computer as the station reaches it: its address or host name in the network"
    if form.operator not in OPERATORS:
        yield "operator", "choose one"
    elif form.operator != "page" and not _is_http(form.operator_url):
        yield "operator_url", "give http://HOST:PORT/PATH"
    if form.operator == "http" and form.ev_url and not _is_http(form.ev_url):
        yield "ev_url", "give http://HOST:PORT/PATH"
    if not set(form.cannot) <= set(Capability):
        yield "cannot", "choose from these"
    yield from _wrong_file(form, files, "station_root")


def _wrong_files(form: CampaignForm, files: CampaignFiles, product: Product) -> dict[str, str]:
    """What is wrong with the chosen files, by their fields."""
    wrong = dict(found for kind in REPORT_FILES for found in _wrong_file(form, files, kind))
    for kind, read in (("settings", partial(_read_settings, product=product)), ("approval", load_approval)):
        path = files.path(kind, getattr(form, kind))
        if path is not None:
            try:
                read(path)
            except (NotReadable, InvalidToml) as error:
                wrong[kind] = files.without_folder(kind, str(error))
    return wrong


def _wrong_file(form: CampaignForm, files: CampaignFiles, kind: str) -> Iterator[tuple[str, str]]:
    if (name := getattr(form, kind)) and files.path(kind, name) is None:
        yield kind, "choose one of the files"


def _read_settings(path: Path, product: Product) -> None:
    """Raises NotReadable, InvalidToml. Who can use the pages reads no other files of the user by naming them."""
    for name in files_named_in(path):
        if Path(name).name != name:
            raise InvalidToml(f"names {name}: here, settings name only files beside them, without a folder")
    load_settings(path, product, defaults=vendor_timeouts(product))


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _foreign(form: CampaignForm, files: CampaignFiles, pki: Path) -> Iterator[str]:
    address = form.address if ":" in form.address else f"0.0.0.0:{form.address}"
    uses_tls = form.security_profile in _TLS
    yield from ("--listen", f"{'wss' if uses_tls else 'ws'}://{address}")
    yield from ("--operator", form.operator if form.operator == "page" else f"{form.operator}={form.operator_url}")
    if uses_tls or form.trusts_lab:
        yield from ("--pki", str(pki))
    ev_url = form.ev_url if form.operator == "http" else ""
    for option, value in (("--host", form.host), ("--identity", form.identity), ("--ev", ev_url)):
        if value:
            yield f"{option}={value}"
    yield from (f"--cannot={one}" for one in form.cannot)
    yield from _file_options(form, files, {"station_root": "--station-root"})
