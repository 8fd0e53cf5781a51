"""A world: a product, its settings and what happens, as plain data that follows from a seed."""

import functools
from random import Random
from typing import Final

import msgspec

from plugfest.products import Product, load_product, product_names
from plugfest.rig.simulation.worlds.events import AnyEvent
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.product_model import build_device_model
from plugfest.station.device_model.values import problem
from plugfest.station.device_model.variables import Mutability
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.provisioning import parse_address
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.storage.store import Store

ATTEMPTS: Final = "OCPPCommCtrlr.MessageAttempts[TransactionEvent]"

QUEUE_ALL: Final = "OCPPCommCtrlr.QueueAllMessages"

FIXED: Final = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "10",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "5",
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": "2",
}
"""Reconnection within a minute, so that a world of an hour has many connections."""

CHOICES: Final = {
    ATTEMPTS: ("3", "5"),
    "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": ("5", "20"),
    "OCPPCommCtrlr.WebSocketPingInterval": ("0", "60"),
    QUEUE_ALL: ("true", "false"),
    "SampledDataCtrlr.TxUpdatedInterval": ("0", "60", "300"),
    "SampledDataCtrlr.TxEndedInterval": ("0", "300"),
    "AlignedDataCtrlr.Interval": ("0", "900"),
    "TxCtrlr.EVConnectionTimeOut": ("30", "90"),
    "TxCtrlr.StopTxOnInvalidId": ("true", "false"),
    "TxCtrlr.StopTxOnEVSideDisconnect": ("true", "false"),
    "TxCtrlr.MaxEnergyOnInvalidId": ("0", "500"),
    "TxCtrlr.TxStartPoint": (
        "PowerPathClosed",
        "EVConnected",
        "Authorized",
        "EVConnected,Authorized",
        "EnergyTransfer",
    ),
    "TxCtrlr.TxStopPoint": ("PowerPathClosed", "EVConnected", "Authorized", "EVConnected,Authorized", "EnergyTransfer"),
    "AuthCtrlr.LocalPreAuthorize": ("true", "false"),
    "AuthCtrlr.LocalAuthorizeOffline": ("true", "false"),
    "AuthCtrlr.AuthorizeRemoteStart": ("true", "false"),
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": ("true", "false"),
    "AuthCacheCtrlr.Enabled": ("true", "false"),
    "LocalAuthListCtrlr.Enabled": ("true", "false"),
    "OCPPCommCtrlr.UnlockOnEVSideDisconnect": ("true", "false"),
}
"""Settings of which a world has one value each, where the product permits it."""


class World(msgspec.Struct, frozen=True, kw_only=True):
    """One world. `settings` are variables of the device model."""

    seed: int
    product: str
    settings: dict[str, str]
    events: tuple[AnyEvent, ...]


class Stage(msgspec.Struct, frozen=True):
    """What the worlds of a product can contain."""

    product: Product
    connectors: tuple[tuple[int, int], ...]
    """EVSE and connector."""
    locks: bool
    bays: bool
    direct_current: bool
    monitors: bool
    display: bool
    queues_all: bool
    """Whether a setting lets all messages wait while the station is offline."""
    unsigned_firmware: bool
    """Whether it takes firmware without a signature."""
    file_scheme: str
    """Of the file servers."""
    settings: dict[str, tuple[str, ...]]


def all_products() -> tuple[str, ...]:
    return tuple(product_names())


@functools.cache
def stage(name: str) -> Stage:
    """What a product of the catalog, or of a PICS file, can do. Raises ProductError."""
    product = load_product(name)
    plain = {"2.0.1": "C-61", "1.6": "C-11"}[product.ocpp_version]
    if all(profile.uses_tls for profile in supported_profiles(product)):  # the network is in memory, without TLS
        product = msgspec.structs.replace(product, answered={**product.answered, plain: True})
    hardware = virtual_hardware(product)
    store = Store()
    model = build_device_model(product, hardware, store)
    settings = _possible(model)
    file_scheme = next(iter(model.members("OCPPCommCtrlr", "FileTransferProtocols"))).lower()
    store.close()
    every = [each for evse in hardware.evses.values() for each in evse.connectors.values()]
    return Stage(
        product=product,
        connectors=tuple((evse, connector) for evse, each in hardware.evses.items() for connector in each.connectors),
        locks=any(each.retention_lock is not None for each in every),
        bays=all(each.bay is not None for each in hardware.evses.values()),
        direct_current=any(not each.phases for each in hardware.evses.values()),
        monitors=product.ocpp_version == "2.0.1",
        display=has_capability(product, Capability.DISPLAY_MESSAGES),
        queues_all=QUEUE_ALL in settings,
        unsigned_firmware=product.ocpp_version == "1.6",
        file_scheme=file_scheme,
        settings=settings,
    )


def settings_of(of: Stage, random: Random) -> dict[str, str]:
    return {name: random.choice(values) for name, values in of.settings.items()}


def _possible(model: DeviceModel) -> dict[str, tuple[str, ...]]:
    """The settings that the product has, with the values that it permits."""
    possible = {}
    for name, values in {**{key: (value,) for key, value in FIXED.items()}, **CHOICES}.items():
        variable = model.find(parse_address(name))
        if variable is None or variable.mutability is Mutability.READ_ONLY:
            continue
        permitted = tuple(value for value in values if problem(value, variable.characteristics) is None)
        if permitted:
            possible[name] = permitted
    return possible
