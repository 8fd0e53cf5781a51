"""Performs the events of a world on a simulated."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from plugfest.hardware.virtual.quantities import Quantity
from plugfest.rig.simulation.environment.dialects import availability
from plugfest.rig.simulation.environment.network import DELAY
from plugfest.rig.simulation.simulated_world import SimulatedWorld
from plugfest.rig.simulation.worlds import events as e
from plugfest.rig.simulation.worlds.event import Event


def perform(simulated: SimulatedWorld, event: e.AnyEvent) -> None:
    """Begin an event. Its end is scheduled."""
    action = _ACTIONS.get(type(event))
    if action is None:
        simulated.csms.send(event)
    else:
        action(simulated, event)


def end_of(event: e.AnyEvent) -> float:
    """When an event is over."""
    return event.at + float(getattr(event, "seconds", 0.0))


# Drivers and EVs


def _plug_in(simulated: SimulatedWorld, event: e.PlugIn) -> None:
    simulated.act(lambda: simulated.hardware.plug_in(event.evse, event.connector, seated=event.seated))


def _unplug(simulated: SimulatedWorld, event: e.Unplug) -> None:
    simulated.act(lambda: simulated.hardware.unplug(event.evse, event.connector, event.side))


def _present(simulated: SimulatedWorld, event: e.PresentToken) -> None:
    simulated.act(lambda: simulated.hardware.present_token(event.token, "ISO14443", event.evse))


def _park(simulated: SimulatedWorld, event: e.Park) -> None:
    simulated.act(lambda: simulated.hardware.park(event.evse))
    simulated.later(event.seconds, lambda: simulated.act(lambda: simulated.hardware.leave(event.evse)))


def _suspend(simulated: SimulatedWorld, event: e.EvSuspends) -> None:
    simulated.act(lambda: simulated.hardware.ev_suspend(event.evse))
    simulated.later(event.seconds, lambda: simulated.act(lambda: simulated.hardware.ev_resume(event.evse)))


def _full(simulated: SimulatedWorld, event: e.EvFull) -> None:
    simulated.act(lambda: simulated.hardware.ev_state_of_charge(event.evse, event.percent))


# Hardware


def _fault(simulated: SimulatedWorld, event: e.ConnectorFault) -> None:
    def fault(present: bool) -> None:
        simulated.act(lambda: simulated.hardware.fault(event.evse, event.connector, present=present))

    fault(True)
    simulated.later(event.seconds, partial(fault, False))


def _jam(simulated: SimulatedWorld, event: e.LockJammed) -> None:
    def jam(jammed: bool) -> None:
        simulated.act(lambda: simulated.hardware.jam_lock(event.evse, event.connector, jammed=jammed))

    jam(True)
    simulated.later(event.seconds, partial(jam, False))


def _meter_fault(simulated: SimulatedWorld, event: e.MeterFault) -> None:
    def impose(watts: float | None) -> None:
        simulated.act(lambda: simulated.hardware.impose(event.evse, Quantity.POWER, watts))

    if event.watts:
        simulated.history.energy_known = False
    impose(event.watts)
    simulated.later(event.seconds, partial(impose, None))


def _meter_failure(simulated: SimulatedWorld, event: e.MeterFailure) -> None:
    def fail(failed: bool) -> None:
        simulated.hardware.fail_meter(event.evse, failed=failed)

    simulated.history.energy_known = False  # what was counted after the last reading is not
    fail(True)
    simulated.later(event.seconds, partial(fail, False))


def _external_limit(simulated: SimulatedWorld, event: e.ExternalLimit) -> None:
    def set_limit(watts: float | None) -> None:
        simulated.act(lambda: simulated.hardware.set_external_limit("EMS", watts))
        simulated.history.external_limit = watts if simulated.obeys_external_limits else None

    set_limit(event.watts)
    simulated.later(event.seconds, partial(set_limit, None))


def _cut_power(simulated: SimulatedWorld, event: e.PowerCut) -> None:
    if event.write:
        simulated.lose_power_at(event.write, event.seconds, written=event.written)
    else:
        simulated.run(simulated.lose_power(event.seconds, at_once=False))


def _fill_disk(simulated: SimulatedWorld, event: e.DiskFull) -> None:
    simulated.disk.fill()
    simulated.later(event.seconds, simulated.disk.free)


# Network


def _network_down(simulated: SimulatedWorld, event: e.NetworkDown) -> None:
    simulated.station.network_off()
    simulated.later(event.seconds, simulated.station.network_on)


def _network_slow(simulated: SimulatedWorld, event: e.NetworkSlow) -> None:
    def set_delay(delay: float) -> None:
        simulated.network.delay = delay

    set_delay(event.delay)
    simulated.later(event.seconds, partial(set_delay, DELAY))


# CSMS


def _csms_down(simulated: SimulatedWorld, event: e.CsmsDown) -> None:
    def refuse(status: int | None) -> None:
        simulated.network.refusal = status

    refuse(event.status)
    simulated.csms.drop_connection()
    simulated.later(event.seconds, partial(refuse, None))


def _wrong_answers(simulated: SimulatedWorld, event: e.WrongAnswers) -> None:
    setattr(simulated.csms.faults, event.kind, event.count)


def _slow(simulated: SimulatedWorld, event: e.AnswersSlow) -> None:
    def set_delay(delay: float) -> None:
        simulated.csms.faults.delay = delay

    set_delay(event.delay)
    simulated.later(event.seconds, partial(set_delay, 0.0))


def _boots(simulated: SimulatedWorld, event: e.BootAnswers) -> None:
    simulated.csms.faults.boots = [(event.status, event.interval)] * event.count


def _clock(simulated: SimulatedWorld, event: e.ClockStep) -> None:
    simulated.csms.ahead += timedelta(seconds=event.seconds)


def _token(simulated: SimulatedWorld, event: e.TokenStatus) -> None:
    simulated.csms.tokens[event.token] = event.status


def _availability(simulated: SimulatedWorld, event: e.Availability) -> None:
    def change(operative: bool) -> None:
        simulated.csms.request(*availability(simulated.csms.protocol.name, event.evse, operative=operative), event)

    change(False)
    simulated.later(event.seconds, partial(change, True))


_ACTIONS: Final[dict[type[Event], Callable[..., None]]] = {
    e.PlugIn: _plug_in,
    e.Unplug: _unplug,
    e.PresentToken: _present,
    e.Park: _park,
    e.EvSuspends: _suspend,
    e.EvFull: _full,
    e.ConnectorFault: _fault,
    e.LockJammed: _jam,
    e.MeterFault: _meter_fault,
    e.MeterFailure: _meter_failure,
    e.ExternalLimit: _external_limit,
    e.PowerCut: _cut_power,
    e.DiskFull: _fill_disk,
    e.NetworkDown: _network_down,
    e.NetworkSilent: lambda simulated, event: simulated.network.silence(event.seconds),
    e.NetworkSlow: _network_slow,
    e.ConnectionCut: lambda simulated, event: simulated.network.cut(),
    e.CsmsDown: _csms_down,
    e.WrongAnswers: _wrong_answers,
    e.AnswersSlow: _slow,
    e.BootAnswers: _boots,
    e.ClockStep: _clock,
    e.TokenStatus: _token,
    e.Availability: _availability,
    e.OtherRequest: lambda simulated, event: simulated.csms.send_simple(event),
}
"""What is not in this table is a request of the CSMS."""
