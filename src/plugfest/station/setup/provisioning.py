"""What an installer does before a new station goes online."""

import re
from collections.abc import Mapping

import msgspec

from plugfest.hardware.ports import Hardware
from plugfest.link.errors import LinkError
from plugfest.products import Product
from plugfest.security.certificates import InvalidCertificate
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
"""Is part of the way to the CSMS, also where the CSMS itself can set it."""

IDENTITY = re.compile(r"[A-Za-z0-9*\-_=+|@.]{1,48}")
"""An identifierString without the colon, which ends the user's name in HTTP Basic (Part 4, 3.1.1)."""


class ProvisioningError(Exception):
    """The settings do not fit the product; one line says which and why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installer tells a new station. `variables` are keyed ``Component.Variable[Instance]``,
    or by the configuration keys of OCPP 1.6.

    `csms_roots` are the root certificates, in PEM, of the CSMS's certificate. `customers` is what the operator has
    stored about customers, by an identifier of his own (C-14).
    """

    identity: str
    csms_url: str
    password: str | None = None
    security_profile: SecurityProfile = SecurityProfile.BASIC
    csms_roots: tuple[str, ...] = ()
    own_key: CertifiedKey | None = None
    variables: Mapping[str, str] = {}
    customers: Mapping[str, str] = {}
    boot_seconds: float = 2.0


def erase_csms_settings(product: Product, store: Store, hardware: Hardware) -> None:
    """Erase every way to a CSMS and every certificate. All else that the station remembers stays."""
    with store.transaction():
        NetworkProfiles(store, build_device_model(product, hardware, store)).forget()
        TrustStore(store, cipher_suites(product)).forget()


def provision(product: Product, store: Store, hardware: Hardware, settings: Settings) -> None:
    """Write the settings into the store. In one that was in use the ways to a CSMS that the station knows stay.

    Raises ProvisioningError.
    """
    model = build_device_model(product, hardware, store)
    with store.transaction():
        _claim(product, store, settings)
        if settings.csms_url not in NetworkProfiles(store, model).urls:
            _connect(product, store, model, settings)
            for identifier, about in settings.customers.items():
                CustomerData(store).remember(identifier, about)
        if settings.password is not None:
            _set(model, parse_address(_PASSWORD), settings.password, name=_PASSWORD)
        keys = ConfigurationKeys(product, model)
        for name, value in settings.variables.items():
            for address, text in _meant(keys, name, value):
                _set(model, address, text, name=name)


def _claim(product: Product, store: Store, settings: Settings) -> None:
    """Write on the store whose it is."""
    owners = store.records("owner", str)
    mine = f"{settings.identity} ({product.slug})"
    owner = owners.get("owner")
    if owner is not None and owner != mine:
        raise ProvisioningError(f"this store belongs to {owner}, and not to {mine}")
    owners.put("owner", mine)


def _connect(product: Product, store: Store, model: DeviceModel, settings: Settings) -> None:
    if not valid_url(settings.csms_url, settings.security_profile):
        right = "wss://" if settings.security_profile.uses_tls else "ws://"
        raise ProvisioningError(
            f"{settings.csms_url} is no CSMS address for security profile {settings.security_profile.value}: "
            f"it must begin with {right} and name a host"
        )
    supported = supported_profiles(product)
    if settings.security_profile not in supported:
        right = " or ".join(str(profile.value) for profile in sorted(supported))
        raise ProvisioningError(
            f"{product.model} does not support security profile {settings.security_profile.value}, but {right}"
        )
    if not IDENTITY.fullmatch(settings.identity):
        raise ProvisioningError(f"{settings.identity!r} is no identity: 1 to 48 letters, digits or signs of *-_=+|@.")
    model.put("SecurityCtrlr", "Identity", settings.identity)
    model.put("SecurityCtrlr", "SecurityProfile", settings.security_profile.value)
    model.put("ChargingStation", "SerialNumber", settings.identity[:25])
    _certify(TrustStore(store, cipher_suites(product)), settings)
    profile = NetworkProfile(url=settings.csms_url, security_profile=settings.security_profile.value)
    NetworkProfiles(store, model).put(FIRST_SLOT, profile)


def _certify(trust: TrustStore, settings: Settings) -> None:
    for root in settings.csms_roots:
        try:
            trust.install(CSMS_ROOT, root)
        except InvalidCertificate as error:
            raise ProvisioningError(f"the CSMS's root certificate cannot be used: {error}") from None
    if settings.own_key is not None:
        trust.own.key = settings.own_key
    missing_certificate = trust.missing_certificate(settings.security_profile)
    if missing_certificate is not None:
        raise ProvisioningError(
            f"security profile {settings.security_profile.value} is not possible: {missing_certificate}"
        )
    try:
        trust.client_context(settings.security_profile)
    except LinkError as error:
        raise ProvisioningError(str(error)) from None


def _meant(keys: ConfigurationKeys, name: str, value: str) -> list[tuple[Address, str]]:
    """What to set, where the user names a variable, or a configuration key of OCPP 1.6."""
    meant = keys.resolve(name, value)
    if not meant and "." not in name and keys.all():
        raise ProvisioningError(f"this product has no configuration key {name} that can be set")
    return meant or [(parse_address(name), value)]


def _set(model: DeviceModel, address: Address, value: str, *, name: str) -> None:
    """`name` is what the user calls it."""
    variable = model.find(address)
    if variable is None:
        raise ProvisioningError(f"this product has no variable {name}")
    if variable.mutability is Mutability.READ_ONLY or address == parse_address(_PROFILE):
        raise ProvisioningError(f"{name} cannot be set")
    wrong = problem(value, variable.characteristics)
    if wrong is not None:
        raise ProvisioningError(f"{name} cannot be {value!r}: {wrong}")
    model.write(variable, canonical(value, variable.characteristics))


def parse_address(name: str) -> Address:
    """The address in a text such as ``OCPPCommCtrlr.MessageAttempts[TransactionEvent]``. Raises ProvisioningError."""
    component, dot, variable = name.partition(".")
    if not dot or not component or not variable:
        raise ProvisioningError(f"{name!r} is no Component.Variable")
    component_name, component_instance = split_name(component)
    variable_name, variable_instance = split_name(variable)
    return Address(Component(component_name, component_instance), variable_name, variable_instance)
