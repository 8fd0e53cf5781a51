"""A station and a scripted CSMS in one event loop."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
from tests.station.csms import Csms

from plugfest.hardware.virtual.meter import GridMeter
from plugfest.products import Evse, Product, load_product
from plugfest.station.lifecycle.power import PoweredStation, Settings
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.station import Station
from plugfest.station.storage.store import Store

PASSWORD = "a-password-of-some-length"

QUICK_RECONNECT = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "10",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": "2",
}


def product_claiming(name: str, answers: Mapping[str, bool]) -> Product:
    """A product of the catalog with other answers in its PICS."""
    product = load_product(name)
    return msgspec.structs.replace(product, answered={**product.answered, **answers})


Phases: TypeAlias = Mapping[int, tuple[int, tuple[int, ...]]]
"""For each EVSE its phases, and the numbers that it switches between."""


def product_with_phases(product: Product, phases: Phases) -> Product:
    """The same product with these EVSEs."""
    evses = [
        msgspec.structs.replace(product.evses[0], id=evse_id, phases=number, phase_counts=counts)
        for evse_id, (number, counts) in phases.items()
    ]
    return msgspec.structs.replace(product, evses=tuple(evses))


@contextlib.asynccontextmanager
async def powered_station(
    product: str = "alpitronic-hyc-200-eu",
    *,
    claiming: Mapping[str, bool] = MappingProxyType({}),
    on: bool = True,
    store: Store | None = None,
    csms: Csms | None = None,
    on_start: Callable[[Station], None] | None = None,
    phases: Phases | None = None,
    evses: tuple[Evse, ...] | None = None,
    grid_meter: bool = False,
    on_store: Callable[[str], None] = lambda _: None,
    **settings: Any,
) -> AsyncIterator[tuple[PoweredStation, Csms]]:
    """A new station of the product, switched on, with the URL of the CSMS.

    `claiming` changes answers of its PICS, `phases` and `evses` its EVSEs. `grid_meter`: its grid connection has one.
    """
    csms = csms or Csms()
    await csms.listen()
    plain = {"2.0.1": "C-61", "1.6": "C-11"}[load_product(product).ocpp_version]
    claims = product_claiming(product, {plain: True, **claiming})  # security profile 1: no TLS in most tests
    claims = claims if phases is None else product_with_phases(claims, phases)
    claims = claims if evses is None else msgspec.structs.replace(claims, evses=evses)
    hardware = virtual_hardware(claims)
    if grid_meter:
        hardware.grid_meter = GridMeter([each.meter for each in hardware.evses.values()])
    variables = QUICK_RECONNECT | settings.pop("variables", {})
    identity = settings.pop("identity", "CS001")
    station = PoweredStation(
        claims,
        store or Store(),
        hardware,
        Settings(identity=identity, csms_url=csms.url, password=PASSWORD, variables=variables, **settings),
        on_start=on_start,
        on_store=on_store,
    )
    if on:
        station.power_on()
    try:
        yield station, csms
    finally:
        await station.power_off()
        await csms.server.close()
