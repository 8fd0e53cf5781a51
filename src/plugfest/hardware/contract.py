"""What every driver must keep. `CHECKS` is the suite; each check raises ContractError where a driver breaks it.

    for check in CHECKS:
        await check(new_hardware(), operator)

The hardware must be idle, with nothing plugged in. `operator` plugs in and unplugs at one connector of it: a relay box
on a test bench, a method call at a virtual station, or a person with a screen to read from.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeAlias

from plugfest.hardware.ports import (
    Connector,
    ConnectorChanged,
    Evse,
    Hardware,
    HardwareError,
    HardwareEvent,
    Lock,
    Meter,
    Pilot,
)

REACTION_TIMEOUT = 60.0
"""Seconds until the EV that the hands plug in must have reacted."""

_STEP = 0.5


class ContractError(AssertionError):
    """A driver does not keep the contract; the text says what it did."""


class ContractOperator(Protocol):
    """Somebody who connects an EV that wants energy to one connector, and takes it away."""

    evse_id: int
    connector_id: int

    async def plug_in(self) -> None: ...

    async def unplug(self) -> None: ...


async def check_numbers(hardware: Hardware, operator: ContractOperator) -> None:
    """EVSEs and their connectors are counted from 1 without gaps (OCPP 2.0.1 Part 1, 7)."""
    _require(_numbered_from_one(hardware.evses), f"EVSEs are numbered {list(hardware.evses)}")
    for evse_id, evse in hardware.evses.items():
        _require(
            _numbered_from_one(evse.connectors), f"connectors of EVSE {evse_id} are numbered {list(evse.connectors)}"
        )


async def check_idle(hardware: Hardware, operator: ContractOperator) -> None:
    """Nothing is plugged in, offered or flowing, and every contactor is open."""
    for evse_id, evse in hardware.evses.items():
        _require(evse.offered == 0, f"idle EVSE {evse_id} offers {evse.offered} W")
        _require(evse.meter.read().power == 0, f"power flows at idle EVSE {evse_id}")
        for connector in evse.connectors.values():
            _require(not connector.contactor.closed, f"a contactor of idle EVSE {evse_id} is closed")
            _require(not connector.occupied, f"a connector of idle EVSE {evse_id} says that it is occupied")


async def check_contactor_needs_ev(hardware: Hardware, operator: ContractOperator) -> None:
    """A contactor refuses to close on nothing; opening an open one is nothing special."""
    for _, connector in _connectors(hardware):
        connector.contactor.open()
        try:
            connector.contactor.close()
        except HardwareError:
            pass
        else:
            raise ContractError("a contactor closed with no EV there")
        _require(not connector.contactor.closed, "a contactor refused to close, and is closed")


async def check_locks(hardware: Hardware, operator: ContractOperator) -> None:
    """A lock is where it says it is."""
    for _, connector in _connectors(hardware):
        for lock in (connector.retention_lock, connector.access_lock):
            if lock is not None:
                _check_lock(lock)


async def check_offers(hardware: Hardware, operator: ContractOperator) -> None:
    """An EVSE refuses to offer less than nothing and never offers more than it can."""
    for evse in hardware.evses.values():
        try:
            evse.offer(-1.0)
        except ValueError:
            pass
        else:
            raise ContractError("an EVSE took an offer of -1 W")
        evse.offer(2 * evse.max_power)
        _require(evse.offered == evse.max_power, f"an EVSE of {evse.max_power} W offers {evse.offered} W")
        evse.offer(0.0)


async def check_plugging(hardware: Hardware, operator: ContractOperator) -> None:
    """Plugging in and out is seen at the ports, and each is told by an event until nobody listens any more."""
    _, connector = _of_operator(hardware, operator)
    heard: list[HardwareEvent] = []
    stop_listening = hardware.listen(heard.append)
    await operator.plug_in()
    _require(connector.occupied, "an EV is plugged in and the connector does not say so")
    _require(
        connector.pilot is Pilot.EV_CONNECTED, f"an EV that is offered nothing puts the pilot in {connector.pilot}"
    )
    _require(ConnectorChanged(operator.evse_id, operator.connector_id) in heard, "no event told of the plug")
    stop_listening()
    heard.clear()
    await operator.unplug()
    _require(not heard, "an event reached a listener that had left")
    _require(connector.pilot is Pilot.NO_EV, f"with no EV the pilot is in {connector.pilot}")


async def check_charging(hardware: Hardware, operator: ContractOperator) -> None:
    """An EV that is offered energy gets ready, takes no more than offered, and the meter counts it, forwards only."""
    evse, connector = _of_operator(hardware, operator)
    before = evse.meter.read().energy_import
    await operator.plug_in()
    offer = evse.max_power / 4
    evse.offer(offer)
    await _wait_until(lambda: connector.pilot is Pilot.EV_READY, "the EV does not get ready")
    _require(evse.meter.read().power == 0, "power flows through an open contactor")
    connector.contactor.close()
    await _wait_until(lambda: evse.meter.read().power > 0, "no power flows")
    await _check_counting(evse.meter, offer)
    connector.contactor.open()
    _require(evse.meter.read().power == 0, "power flows through an open contactor")
    _require(evse.meter.read().energy_import > before, "energy flowed and the meter did not count it")
    evse.offer(0.0)
    await operator.unplug()


async def check_withdrawal(hardware: Hardware, operator: ContractOperator) -> None:
    """An EV that is offered nothing any more stops, and a pulled plug ends the flow of energy."""
    evse, connector = _of_operator(hardware, operator)
    await operator.plug_in()
    evse.offer(evse.max_power)
    await _wait_until(lambda: connector.pilot is Pilot.EV_READY, "the EV does not get ready")
    connector.contactor.close()
    evse.offer(0.0)
    await _wait_until(lambda: evse.meter.read().power == 0, "power flows that nobody offers")
    connector.contactor.open()
    await operator.unplug()
    _require(not connector.contactor.closed, "the contactor is closed and nothing is plugged in")


Check: TypeAlias = Callable[[Hardware, ContractOperator], Awaitable[None]]

CHECKS: tuple[Check, ...] = (
    check_numbers,
    check_idle,
    check_contactor_needs_ev,
    check_locks,
    check_offers,
    check_plugging,
    check_charging,
    check_withdrawal,
)


async def _check_counting(meter: Meter, offer: float) -> None:
    register = meter.read().energy_import
    for _ in range(10):
        await asyncio.sleep(_STEP)
        reading = meter.read()
        _require(reading.energy_import >= register, "the meter ran backwards")
        _require(reading.power <= offer * 1.01, f"the EV takes {reading.power:.0f} W of {offer:.0f} W")
        _require(
            len(reading.voltages) == len(reading.currents), "the meter reads voltage and current in different phases"
        )
        register = reading.energy_import


def _check_lock(lock: Lock) -> None:
    _require(lock.engage() == lock.engaged, "a lock is not where it says it is")
    _require(lock.release() is not lock.engaged, "a lock is not where it says it is")


async def _wait_until(condition: Callable[[], bool], failure: str) -> None:
    waited = 0.0
    while not condition():
        _require(waited < REACTION_TIMEOUT, failure)
        await asyncio.sleep(_STEP)
        waited += _STEP


def _of_operator(hardware: Hardware, operator: ContractOperator) -> tuple[Evse, Connector]:
    evse = hardware.evses[operator.evse_id]
    return evse, evse.connectors[operator.connector_id]


def _connectors(hardware: Hardware) -> list[tuple[Evse, Connector]]:
    return [(evse, connector) for evse in hardware.evses.values() for connector in evse.connectors.values()]


def _numbered_from_one(numbers: Iterable[int]) -> bool:
    found = list(numbers)
    return bool(found) and found == list(range(1, len(found) + 1))


def _require(condition: bool, failure: str) -> None:
    if not condition:
        raise ContractError(failure)
