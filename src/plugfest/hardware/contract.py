"""The contract of hardware drivers. Each check of `CHECKS` raises ContractError if a driver breaks it.

    for check in CHECKS:
        await check(new_hardware(), operator)

The hardware must be idle, with nothing plugged in. `operator` plugs in and unplugs at one connector: by relays on a
test bench, by a method call of a virtual station, or as a person who follows instructions.
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
"""Seconds in which a plugged-in EV must react."""

_POLL_INTERVAL = 0.5


class ContractError(AssertionError):
    """A hardware driver breaks the contract. The text describes how."""


class ContractOperator(Protocol):
    """Plugs an EV that accepts energy into one connector, and unplugs it."""

    evse_id: int
    connector_id: int

    async def plug_in(self) -> None: ...

    async def unplug(self) -> None: ...


async def check_numbers(hardware: Hardware, operator: ContractOperator) -> None:
    """EVSEs and their connectors are numbered from 1 without gaps (OCPP 2.0.1 Part 1, 7)."""
    _require(_numbered_from_one(hardware.evses), f"EVSEs are numbered {list(hardware.evses)}, not from 1 without gaps")
    for evse_id, evse in hardware.evses.items():
        _require(
            _numbered_from_one(evse.connectors),
            f"the connectors of EVSE {evse_id} are numbered {list(evse.connectors)}, not from 1 without gaps",
        )


async def check_idle(hardware: Hardware, operator: ContractOperator) -> None:
    """Nothing is plugged in, no energy is offered or flows, and every contactor is open."""
    for evse_id, evse in hardware.evses.items():
        _require(evse.offered == 0, f"idle EVSE {evse_id} offers {evse.offered} W")
        _require(evse.meter.read().power == 0, f"power flows at idle EVSE {evse_id}")
        for connector in evse.connectors.values():
            _require(not connector.contactor.closed, f"a contactor of idle EVSE {evse_id} is closed")
            _require(not connector.occupied, f"a connector of idle EVSE {evse_id} is reported as occupied")


async def check_contactor_needs_ev(hardware: Hardware, operator: ContractOperator) -> None:
    """A contactor does not close without an EV; opening an open one is allowed."""
    for _, connector in _connectors(hardware):
        connector.contactor.open()
        try:
            connector.contactor.close()
        except HardwareError:
            pass
        else:
            raise ContractError("a contactor closed without an EV")
        _require(not connector.contactor.closed, "a contactor raised an error on close, but is closed")


async def check_locks(hardware: Hardware, operator: ContractOperator) -> None:
    """A lock reports its position correctly."""
    for _, connector in _connectors(hardware):
        for lock in (connector.retention_lock, connector.access_lock):
            if lock is not None:
                _check_lock(lock)


async def check_offers(hardware: Hardware, operator: ContractOperator) -> None:
    """An EVSE rejects a negative offer and never offers more than it can deliver."""
    for evse in hardware.evses.values():
        try:
            evse.offer(-1.0)
        except ValueError:
            pass
        else:
            raise ContractError("an EVSE accepted an offer of -1 W")
        evse.offer(2 * evse.max_power)
        _require(evse.offered == evse.max_power, f"an EVSE of {evse.max_power} W offers {evse.offered} W")
        evse.offer(0.0)


async def check_phase_counts(hardware: Hardware, operator: ContractOperator) -> None:
    """The numbers of phases are possible, and an EVSE rejects any other."""
    for evse_id, evse in hardware.evses.items():
        highest = max(evse.phase_counts, default=0)
        _require(
            highest == evse.phases and all(1 <= count <= 3 for count in evse.phase_counts),
            f"EVSE {evse_id} has {evse.phases} phases, but can charge with {sorted(evse.phase_counts)}",
        )
        _require(evse.offered_phases == evse.phases, f"EVSE {evse_id} does not begin with all its phases")
        for count in {1, 2, 3, 4} - set(evse.phase_counts):
            try:
                evse.offer(evse.max_power, count)
            except ValueError:
                pass
            else:
                raise ContractError(f"EVSE {evse_id} accepted an offer on {count} phases")


async def check_plugging(hardware: Hardware, operator: ContractOperator) -> None:
    """The ports show plugging in and unplugging, and an event reports it to each listener until it is removed."""
    _, connector = _of_operator(hardware, operator)
    received: list[HardwareEvent] = []
    stop_listening = hardware.listen(received.append)
    await operator.plug_in()
    _require(connector.occupied, "an EV is plugged in, but the connector is not reported as occupied")
    _require(
        connector.pilot is Pilot.EV_CONNECTED, f"with an EV and no offer the pilot is in state {connector.pilot}, not B"
    )
    _require(ConnectorChanged(operator.evse_id, operator.connector_id) in received, "no event reported the plug")
    stop_listening()
    received.clear()
    await operator.unplug()
    _require(not received, "a removed listener received an event")
    _require(connector.pilot is Pilot.NO_EV, f"without an EV the pilot is in state {connector.pilot}, not A")


async def check_charging(hardware: Hardware, operator: ContractOperator) -> None:
    """After an offer the EV gets ready and draws no more than offered; the meter counts it and never runs backwards."""
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
    _require(evse.meter.read().energy_import > before, "energy flowed, but the meter did not count it")
    evse.offer(0.0)
    await operator.unplug()


async def check_withdrawal(hardware: Hardware, operator: ContractOperator) -> None:
    """The EV stops when the offer is withdrawn, and unplugging opens the contactor."""
    evse, connector = _of_operator(hardware, operator)
    await operator.plug_in()
    evse.offer(evse.max_power)
    await _wait_until(lambda: connector.pilot is Pilot.EV_READY, "the EV does not get ready")
    connector.contactor.close()
    evse.offer(0.0)
    await _wait_until(lambda: evse.meter.read().power == 0, "power flows without an offer")
    connector.contactor.open()
    await operator.unplug()
    _require(not connector.contactor.closed, "the contactor is closed, but nothing is plugged in")


async def check_phase_switching(hardware: Hardware, operator: ContractOperator) -> None:
    """An EVSE charges on the offered number of phases, and does not change it under load."""
    evse, connector = _of_operator(hardware, operator)
    await operator.plug_in()
    for count in sorted(evse.phase_counts):
        others = set(evse.phase_counts) - {count}
        maximum = evse.max_power * count / evse.phases
        evse.offer(2 * evse.max_power, count)
        _require(evse.offered == maximum, f"on {count} phases an EVSE of {maximum} W offers {evse.offered} W")
        _require(evse.offered_phases == count, f"{count} phases are offered, but {evse.offered_phases} reported")
        await _wait_until(lambda: connector.pilot is Pilot.EV_READY, "the EV does not get ready")
        connector.contactor.close()
        await _wait_until(lambda: evse.meter.read().power > 0, "no power flows")
        used = sum(1 for current in evse.meter.read().currents if current > 0)
        _require(used <= count, f"{count} phases are offered, and {used} carry current")
        _require_interlock(evse, others, "under load")
        evse.offer(0.0)
        _require(evse.offered_phases == count, "the end of an offer changes the number of phases")
        _require_interlock(evse, others, "with a closed contactor")
        connector.contactor.open()
        await asyncio.sleep(evse.phase_pause)
    await operator.unplug()


def _require_interlock(evse: Evse, counts: Iterable[int], when: str) -> None:
    for count in counts:
        try:
            evse.offer(evse.max_power / 4, count)
        except HardwareError:
            pass
        else:
            raise ContractError(f"an EVSE switches to {count} phases {when}")


Check: TypeAlias = Callable[[Hardware, ContractOperator], Awaitable[None]]

CHECKS: tuple[Check, ...] = (
    check_numbers,
    check_idle,
    check_contactor_needs_ev,
    check_locks,
    check_offers,
    check_phase_counts,
    check_plugging,
    check_charging,
    check_phase_switching,
    check_withdrawal,
)


async def _check_counting(meter: Meter, offer: float) -> None:
    register = meter.read().energy_import
    for _ in range(10):
        await asyncio.sleep(_POLL_INTERVAL)
        reading = meter.read()
        _require(reading.energy_import >= register, "the meter ran backwards")
        _require(reading.power <= offer * 1.01, f"the EV draws {reading.power:.0f} W; {offer:.0f} W are offered")
        _require(
            len(reading.voltages) == len(reading.currents),
            "the meter reports voltage and current for a different number of phases",
        )
        register = reading.energy_import


def _check_lock(lock: Lock) -> None:
    _require(lock.engage() == lock.engaged, "a lock reports the wrong position")
    _require(lock.release() is not lock.engaged, "a lock reports the wrong position")


async def _wait_until(condition: Callable[[], bool], failure: str) -> None:
    waited = 0.0
    while not condition():
        _require(waited < REACTION_TIMEOUT, failure)
        await asyncio.sleep(_POLL_INTERVAL)
        waited += _POLL_INTERVAL


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
