"""Commissioning: the settings that an installer makes before a station goes online."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from plugfest.clock import utc_now
from plugfest.hardware.ports import Hardware
from plugfest.link.errors import LinkError
from plugfest.products import Product
from plugfest.security.certificates import InvalidCertificate, certificate_to_pem, certificates_from_pem
from plugfest.security.chains import UntrustedChain, verify_key, verify_root
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.network_profiles import NetworkProfile, NetworkProfiles, supported_profiles, valid_url
from plugfest.station.device_model.keys import ConfigurationKeys
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.device_model.values import canonical, problem
from plugfest.station.device_model.variables import Address, Component, Mutability, split_name
from plugfest.station.security.trust_store import CSMS_ROOT, TrustStore
from plugfest.station.setup.capabilities import cipher_suites
from plugfest.station.storage.diagnostics import CustomerData
from plugfest.station.storage.store import Store

FIRST_SLOT = 1

_PASSWORD = "SecurityCtrlr.BasicAuthPassword"
_PROFILE = "SecurityCtrlr.SecurityProfile"
"""Cannot be set as a variable: it is part of the network connection profile."""

IDENTITIES: Final = {
    "2.0.1": (re.compile(r"[A-Za-z0-9*\-_=+|@.]{1,48}"), "1 to 48 letters, digits and *-_=+|@."),
    "1.6": (re.compile(r"[ -9;-~]{1,255}"), "1 to 255 printable ASCII characters except the colon"),
}
"""The identities of a version. The colon separates user name and password in HTTP Basic.

2.0.1: an identifierString (Part 4, 3.1.1; its example with a space is none). 1.6: any text (1.6J, 3.1.1), which is also
the beginning of the serial number, a CiString.
"""


class ProvisioningError(Exception):
    """The settings do not fit the product; the text names the setting and the reason, in one line.

    `setting`: the field of Settings, empty if the store belongs to another station.
    """

    def __init__(self, reason: str, setting: str = "") -> None:
        super().__init__(reason)
        self.setting = setting


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a new station.

    `variables`: values by ``Component.Variable[Instance]``, or by configuration key of OCPP 1.6. `csms_roots`: the root
    certificates of the CSMS, in PEM; `other_roots`: others after their use (InstallCertificateUseEnumType).
    `own_key`: the station certificate. `customers`: what the operator stores about customers, by customer identifier
    (C-14). `strict`, `compression`, `times_are_utc`: see StationEnvironment.
    """

    identity: str
    csms_url: str
    password: str | None = None
    security_profile: SecurityProfile = SecurityProfile.BASIC
    csms_roots: tuple[str, ...] = ()
    other_roots: tuple[tuple[str, str], ...] = ()
    own_key: CertifiedKey | None = None
    variables: Mapping[str, str] = {}
    customers: Mapping[str, str] = {}
    boot_seconds: float = 2.0
    strict: bool = False
    compression: bool = False
    times_are_utc: bool = False


def erase_csms_settings(product: Product, store: Store, hardware: Hardware) -> None:
    """Delete all network profiles and certificates. Everything else remains stored."""
    with store.transaction():
        NetworkProfiles(store, build_device_model(product, hardware, store)).clear()
        TrustStore(store, cipher_suites(product)).clear()


def provision(product: Product, store: Store, hardware: Hardware, settings: Settings) -> None:
    """Write the settings into the store. If the store already knows this CSMS, its network profiles remain.

    Raises ProvisioningError.
    """
    model = build_device_model(product, hardware, store)
    with store.transaction():
        _check_owner(product, store, settings)
        if settings.csms_url not in NetworkProfiles(store, model).urls:
            _set_up_connection(product, store, model, settings)
            for identifier, data in settings.customers.items():
                CustomerData(store).put(identifier, data)
        if settings.password is not None:
            _set(model, parse_address(_PASSWORD), settings.password, name=_PASSWORD)
        keys = ConfigurationKeys(product, model)
        for name, value in settings.variables.items():
            for address, text in _targets(keys, name, value):
                _set(model, address, text, name=name)


def _check_owner(product: Product, store: Store, settings: Settings) -> None:
    """Check that the store belongs to this station, and mark a new store as its own."""
    owners = store.records("owner", str)
    this = f"{settings.identity} ({product.slug})"
    owner = owners.get("owner")
    if owner is not None and owner != this:
        raise ProvisioningError(f"this store belongs to {owner}, not to {this}")
    owners.put("owner", this)


def _set_up_connection(product: Product, store: Store, model: DeviceModel, settings: Settings) -> None:
    if not valid_url(settings.csms_url, settings.security_profile):
        right = "wss://" if settings.security_profile.uses_tls else "ws://"
        raise ProvisioningError(
            f"{settings.csms_url} is not a CSMS URL for security profile {settings.security_profile.value}: "
            f"it must begin with {right} and name a host",
            "csms_url",
        )
    supported = supported_profiles(product)
    if settings.security_profile not in supported:
        right = " or ".join(str(profile.value) for profile in sorted(supported))
        raise ProvisioningError(
            f"{product.model} does not support security profile {settings.security_profile.value}; it supports {right}",
            "security_profile",
        )
    pattern, permitted = IDENTITIES[product.ocpp_version]
    if not pattern.fullmatch(settings.identity):
        raise ProvisioningError(
            f"{settings.identity!r} is not a station identity of OCPP {product.ocpp_version}: {permitted}",
            "identity",
        )
    model.put("SecurityCtrlr", "Identity", settings.identity)
    model.put("SecurityCtrlr", "SecurityProfile", settings.security_profile.value)
    model.put("ChargingStation", "SerialNumber", settings.identity[:25])
    _install_certificates(TrustStore(store, cipher_suites(product)), settings)
    profile = NetworkProfile(url=settings.csms_url, security_profile=settings.security_profile.value)
    NetworkProfiles(store, model).put(FIRST_SLOT, profile)


def _install_certificates(trust: TrustStore, settings: Settings) -> None:
    for root in settings.csms_roots:
        _install_root(trust, CSMS_ROOT, root, "root certificate of the CSMS")
    for use, root in settings.other_roots:
        _install_root(trust, use, root, use)
    if settings.own_key is not None:
        _check_own_certificate(settings.own_key)
        trust.own.key = settings.own_key
    missing = trust.missing_certificate(settings.security_profile)
    if missing is not None:
        reason = f"security profile {settings.security_profile.value} is not possible: {missing}"
        raise ProvisioningError(reason, "security_profile")
    try:
        trust.client_context(settings.security_profile)
    except LinkError as error:
        raise ProvisioningError(str(error), "own_key") from None


def _install_root(trust: TrustStore, use: str, pem: str, name: str) -> None:
    try:
        for certificate in certificates_from_pem(pem):
            verify_root(certificate, utc_now())  # as InstallCertificate does (M05.FR.07)
            trust.install(use, certificate_to_pem(certificate))
    except (InvalidCertificate, UntrustedChain) as error:
        setting = "csms_roots" if use == CSMS_ROOT else "other_roots"
        raise ProvisioningError(f"the {name} cannot be used: {error}", setting) from None


def _check_own_certificate(key: CertifiedKey) -> None:
    try:
        for certificate in certificates_from_pem(key.chain):
            verify_key(certificate)
    except (InvalidCertificate, UntrustedChain) as error:
        raise ProvisioningError(f"the certificate of the station cannot be used: {error}", "own_key") from None


def _targets(keys: ConfigurationKeys, name: str, value: str) -> list[tuple[Address, str]]:
    """The variables to set and their values. `name`: of a variable, or of a configuration key of OCPP 1.6."""
    targets = keys.resolve(name, value)
    if not targets and "." not in name and keys.all():
        raise ProvisioningError(f"this product has no writable configuration key {name}", "variables")
    return targets or [(parse_address(name), value)]


def _set(model: DeviceModel, address: Address, value: str, *, name: str) -> None:
    """`name`: as the user entered it, for error messages."""
    variable = model.find(address)
    if variable is None:
        raise ProvisioningError(f"this product has no variable {name}", "variables")
    if variable.mutability is Mutability.READ_ONLY or address == parse_address(_PROFILE):
        raise ProvisioningError(f"{name} cannot be set", "variables")
    reason = problem(value, variable.characteristics)
    if reason is not None:
        if address == parse_address(_PASSWORD):
            raise ProvisioningError(f"{name} cannot be used: {reason.detail}", "password")  # A01.FR.12: not quoted
        raise ProvisioningError(f"{name} cannot be {value!r}: {reason.detail}", "variables")
    model.write(variable, canonical(value, variable.characteristics))


def parse_address(name: str) -> Address:
    """The address in a text such as ``OCPPCommCtrlr.MessageAttempts[TransactionEvent]``. Raises ProvisioningError."""
    component, dot, variable = name.partition(".")
    if not dot or not component or not variable:
        raise ProvisioningError(f"{name!r} is not of the form Component.Variable", "variables")
    component_name, component_instance = split_name(component)
    variable_name, variable_instance = split_name(variable)
    return Address(Component(component_name, component_instance), variable_name, variable_instance)
