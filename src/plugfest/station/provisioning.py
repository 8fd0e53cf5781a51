"""What an installer does before a new station goes online."""

from collections.abc import Mapping
from typing import Protocol

from plugfest.hardware.ports import Hardware
from plugfest.products import Product
from plugfest.security.profile import SecurityProfile
from plugfest.station.device_model.factory import build_device_model
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.values import canonical, problem
from plugfest.station.device_model.variables import Address, Component, Mutability, split_name
from plugfest.station.network import NetworkProfile, NetworkProfiles, valid_url
from plugfest.station.store import Store

FIRST_SLOT = 1


class ProvisioningError(Exception):
    """The settings do not fit the product; one line says which and why."""


class Wishes(Protocol):
    """What the installer wants."""

    @property
    def identity(self) -> str: ...
    @property
    def csms_url(self) -> str: ...
    @property
    def password(self) -> str | None: ...
    @property
    def security_profile(self) -> SecurityProfile: ...
    @property
    def variables(self) -> Mapping[str, str]: ...


def provision(product: Product, store: Store, hardware: Hardware, wishes: Wishes) -> None:
    """Write the settings into a new store; into one that was in use only those that name single variables.

    Raises ProvisioningError.
    """
    model = build_device_model(product, hardware, store)
    with store.transaction():
        if NetworkProfiles(store, model).get(FIRST_SLOT) is None:
            _connect(store, model, wishes)
        if wishes.password is not None:
            _set(model, "SecurityCtrlr.BasicAuthPassword", wishes.password)
        for name, value in wishes.variables.items():
            _set(model, name, value)


def _connect(store: Store, model: DeviceModel, wishes: Wishes) -> None:
    if not valid_url(wishes.csms_url, wishes.security_profile):
        right = "wss://" if wishes.security_profile.uses_tls else "ws://"
        raise ProvisioningError(
            f"{wishes.csms_url} is no CSMS address for security profile {wishes.security_profile.value}: "
            f"it must begin with {right} and name a host"
        )
    if ":" in wishes.identity or not 0 < len(wishes.identity) <= 48:
        raise ProvisioningError(f"{wishes.identity!r} is no identity: 1 to 48 characters without a colon")
    model.put("SecurityCtrlr", "Identity", wishes.identity)
    model.put("SecurityCtrlr", "SecurityProfile", wishes.security_profile.value)
    model.put("ChargingStation", "SerialNumber", wishes.identity[:25])
    profile = NetworkProfile(url=wishes.csms_url, security_profile=wishes.security_profile.value)
    NetworkProfiles(store, model).put(FIRST_SLOT, profile)


def _set(model: DeviceModel, name: str, value: str) -> None:
    address = parse_address(name)
    variable = model.find(address)
    if variable is None:
        raise ProvisioningError(f"this product has no variable {name}")
    if variable.mutability is Mutability.READ_ONLY:
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
