"""The forms of the section: how a station is started, and how it is connected to a CSMS."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from plugfest.products import Product, ProductError
from plugfest.security.keys import CertifiedKey, EncryptedKey, key_from_pem, key_to_pem
from plugfest.security.private_files import make_private_folder, tighten
from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.control.virtual_station import implied_security_profile, load_station_product, uses_tls
from plugfest.station.setup.provisioning import ProvisioningError, Settings
from plugfest.station.storage.store import IN_MEMORY
from plugfest.web.own_files import OwnFiles

SECRETS: Final = ("password", "key")
"""Fields whose content is never part of a page."""

MAX_STATIONS: Final = 50
"""The largest number of stations that one form starts."""

_FIELDS: Final = {
    "csms_url": "csms_url",
    "identity": "identity",
    "password": "password",
    "security_profile": "security_profile",
    "csms_roots": "roots",
    "other_roots": "v2g_roots",
    "own_key": "certificate",
    "": "identity",
}
"""The field of a form for each setting."""


_OTHER_ROOTS: Final = {"v2g_roots": "V2GRootCertificate", "mo_roots": "MORootCertificate"}
"""The use of the certificates in a field (InstallCertificateUseEnumType)."""


class FormError(Exception):
    """What is wrong with a form, by field, in one line each."""

    def __init__(self, **problems: str) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems: Mapping[str, str] = problems


class StationRequest(msgspec.Struct, frozen=True):
    """The stations to start: one for each of these settings, with the file of its store.

    `misbehave`: what they do wrong; `seed`: of the chances of transport faults.
    """

    product: Product
    stations: Sequence[tuple[Settings, Path | str]]
    misbehave: Sequence[str] = ()
    seed: int = 0


def station_request(values: Mapping[str, str], own: OwnFiles, data_folder: Path) -> StationRequest:
    """The stations that a form asks for. Raises FormError."""
    product = _product(values.get("product", ""), own)
    settings = connection_settings(values, product, Settings(identity=values.get("identity", ""), csms_url=""))
    count = values.get("count", "") or "1"
    if not count.isdecimal() or not 1 <= int(count) <= MAX_STATIONS:
        raise FormError(count=f"a number from 1 to {MAX_STATIONS}")
    stations: list[tuple[Settings, Path | str]] = []
    for index in range(int(count)):
        identity = following(settings.identity, index)
        file = _store_file(product, identity, data_folder) if values.get("store") == "kept" else IN_MEMORY
        stations.append((msgspec.structs.replace(settings, identity=identity), file))
    misbehave = [line.strip() for line in values.get("misbehave", "").splitlines() if line.strip()]
    return StationRequest(product, stations, misbehave, _seed(values.get("misbehave_seed", "")))


def connection_settings(values: Mapping[str, str], product: Product, now: Settings) -> Settings:
    """The settings of a station with the connection of a form. A password or certificate that is not given stays.

    Raises FormError.
    """
    url, password = values.get("csms_url", ""), values.get("password", "") or now.password
    roots = (values["roots"],) if values.get("roots") else now.csms_roots
    others = [(use, values[name]) for name, use in _OTHER_ROOTS.items() if values.get(name)]
    own_key = _own_key(values.get("certificate", ""), values.get("key", "")) or now.own_key
    if uses_tls(url) and not roots:
        raise FormError(roots="wss:// needs the root certificate of the CSMS")
    return msgspec.structs.replace(
        now,
        csms_url=url,
        password=password,
        security_profile=_security_profile(values.get("security_profile", ""), product, url, own_key, password),
        csms_roots=roots,
        other_roots=tuple(others) or now.other_roots,
        own_key=own_key,
    )


def as_form_error(error: ProvisioningError) -> FormError:
    """The error beside the field that it is about."""
    return FormError(**{_FIELDS.get(error.setting, "product"): str(error)})


def following(identity: str, steps: int) -> str:
    """The identity so many steps later: CS009, CS010."""
    found = re.fullmatch(r"(.*?)(\d+)", identity)
    if found is None:
        return identity if steps == 0 else f"{identity}{steps + 1}"
    return f"{found[1]}{int(found[2]) + steps:0{len(found[2])}d}"


def _seed(text: str) -> int:
    if text and not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise FormError(misbehave_seed="a whole number of at most nine digits")
    return int(text or 0)


def _product(name: str, own: OwnFiles) -> Product:
    source = own.source(name)
    if source is None:
        raise FormError(product="choose a product of the list")
    try:
        return load_station_product(source)
    except ProductError as error:
        raise FormError(product=own.without_folder(str(error))) from None


def _security_profile(
    text: str, product: Product, url: str, own_key: CertifiedKey | None, password: str | None
) -> SecurityProfile:
    if not text:
        return implied_security_profile(product, url, own_key, password=password is not None)
    profile = SecurityProfile(int(text)) if text in {"0", "1", "2", "3"} else None
    if profile is None or profile not in supported_profiles(product):
        supported = " or ".join(str(each.value) for each in sorted(supported_profiles(product)))
        raise FormError(security_profile=f"{product.model} supports {supported}")
    return profile


def _own_key(certificate: str, key: str) -> CertifiedKey | None:
    if not certificate and not key:
        return None
    if not certificate or not key:
        missing = {"key": "the certificate needs its private key"} if certificate else {}
        raise FormError(**(missing or {"certificate": "the private key needs its certificate"}))
    try:
        return CertifiedKey(chain=certificate, key=key_to_pem(key_from_pem(key)))
    except EncryptedKey:
        raise FormError(key="the key is encrypted; give it without a pass phrase") from None
    except ValueError:
        raise FormError(key="this is no private key in PEM") from None


def _store_file(product: Product, identity: str, data_folder: Path) -> Path:
    """Only its owner can read the folder: a store has passwords and keys. Raises FormError."""
    folder = data_folder / "stations"
    try:
        make_private_folder(folder)
        tighten(folder)
    except OSError as error:
        raise FormError(store=f"cannot write {folder}: {error.strerror or error}") from None
    digest = hashlib.sha256(f"{product.slug}\n{identity}".encode(errors="surrogatepass")).hexdigest()
    return folder / f"{digest[:32]}.sqlite"
