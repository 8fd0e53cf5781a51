"""Performs the events of a world on a bench."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from plugfest.hardware.virtual.quantities import Quantity
from plugfest.rig.simulation.bench import Bench
from plugfest.rig.simulation.environment.dialects import availability
from plugfest.rig.simulation.environment.network import DELAY
from plugfest.rig.simulation.worlds import events as e


def perform(bench: Bench, event: e.AnyEvent) -> None:
    """Begin an event. Its end is scheduled."""
    action = _ACTIONS.get(type(event))
    if action is None:
        bench.csms.send(event)
    else:
        action(bench, event)


def end_of(event: e.AnyEvent) -> float:
    """When an event is over."""
    return event.at + float(getattr(event, "seconds", 0.0))


# Drivers and EVs


def _plug_in(bench: Bench, event: e.PlugIn) -> None:
    bench.act(lambda: bench.hardware.plug_in(event.evse, event.connector, seated=event.seated))


def _unplug(bench: Bench, event: e.Unplug) -> None:
    bench.act(lambda: bench.hardware.unplug(event.evse, event.connector, event.side))


def _present(bench: Bench, event: e.PresentToken) -> None:
    bench.act(lambda: bench.hardware.present_token(event.token, "ISO14443", event.evse))


def _park(bench: Bench, event: e.Park) -> None:
    bench.act(lambda: bench.hardware.park(event.evse))
    bench.later(event.seconds, lambda: bench.act(lambda: bench.hardware.leave(event.evse)))


def _suspend(bench: Bench, event: e.EvSuspends) -> None:
    bench.act(lambda: bench.hardware.ev_suspend(event.evse))
    bench.later(event.seconds, lambda: bench.act(lambda: bench.hardware.ev_resume(event.evse)))


def _full(bench: Bench, event: e.EvFull) -> None:
    bench.act(lambda: bench.hardware.ev_state_of_charge(event.evse, event.percent))


# Hardware


def _fault(bench: Bench, event: e.ConnectorFault) -> None:
    def fault(present: bool) -> None:
        bench.act(lambda: bench.hardware.fault(event.evse, event.connector, present=present))

    fault(True)
    bench.later(event.seconds, partial(fault, False))


def _jam(bench: Bench, event: e.LockJammed) -> None:
    def jam(jammed: bool) -> None:
        bench.act(lambda: bench.hardware.jam_lock(event.evse, event.connector, jammed=jammed))

    jam(True)
    bench.later(event.seconds, partial(jam, False))


def _meter_fault(bench: Bench, event: e.MeterFault) -> None:
    def impose(watts: float | None) -> None:
        bench.act(lambda: bench.hardware.impose(event.evse, Quantity.POWER, watts))

    if event.watts:
        bench.history.energy_known = False
    impose(event.watts)
    bench.later(event.seconds, partial(impose, None))


def _external_limit(bench: Bench, event: e.ExternalLimit) -> None:
    def set_limit(watts: float | None) -> None:
        bench.act(lambda: bench.hardware.set_external_limit("EMS", watts))
        bench.history.external_limit = watts if bench.obeys_external_limits else None

    set_limit(event.watts)
    bench.later(event.seconds, partial(set_limit, None))


def _cut_power(bench: Bench, event: e.PowerCut) -> None:
    if event.write:
        bench.lose_power_at(event.write, event.seconds, written=event.written)
    else:
        bench.run(bench.lose_power(event.seconds, at_once=False))


def _fill_disk(bench: Bench, event: e.DiskFull) -> None:
    bench.disk.fill()
    bench.later(event.seconds, bench.disk.free)


# Network


def _network_down(bench: Bench, event: e.NetworkDown) -> None:
    bench.station.network_off()
    bench.later(event.seconds, bench.station.network_on)


def _network_slow(bench: Bench, event: e.NetworkSlow) -> None:
    def set_delay(delay: float) -> None:
        bench.network.delay = delay

    set_delay(event.delay)
    bench.later(event.seconds, partial(set_delay, DELAY))


# CSMS


def _csms_down(bench: Bench, event: e.CsmsDown) -> None:
    def refuse(status: int | None) -> None:
        bench.network.refusal = status

    refuse(event.status)
    bench.csms.drop_connection()
    bench.later(event.seconds, partial(refuse, None))


def _wrong_answers(bench: Bench, event: e.WrongAnswers) -> None:
    setattr(bench.csms.faults, event.kind, event.count)


def _slow(bench: Bench, event: e.AnswersSlow) -> None:
    def set_delay(delay: float) -> None:
        bench.csms.faults.delay = delay

    set_delay(event.delay)
    bench.later(event.seconds, partial(set_delay, 0.0))


def _boots(bench: Bench, event: e.BootAnswers) -> None:
    bench.csms.faults.boots = [(event.status, event.interval)] * event.count


def _clock(bench: Bench, event: e.ClockStep) -> None:
    bench.csms.ahead += timedelta(seconds=event.seconds)


def _token(bench: Bench, event: e.TokenStatus) -> None:
    bench.csms.tokens[event.token] = event.status


def _availability(bench: Bench, event: e.Availability) -> None:
    def change(operative: bool) -> None:
        bench.csms.request(*availability(bench.csms.protocol.name, event.evse, operative=operative), event)

    change(False)
    bench.later(event.seconds, partial(change, True))


_ACTIONS: Final[dict[type[e.Event], Callable[..., None]]] = {
    e.PlugIn: _plug_in,
    e.Unplug: _unplug,
    e.PresentToken: _present,
    e.Park: _park,
    e.EvSuspends: _suspend,
    e.EvFull: _full,
    e.ConnectorFault: _fault,
    e.LockJammed: _jam,
    e.MeterFault: _meter_fault,
    e.ExternalLimit: _external_limit,
    e.PowerCut: _cut_power,
    e.DiskFull: _fill_disk,
    e.NetworkDown: _network_down,
    e.NetworkSilent: lambda bench, event: bench.network.silence(event.seconds),
    e.NetworkSlow: _network_slow,
    e.ConnectionCut: lambda bench, event: bench.network.cut(),
    e.CsmsDown: _csms_down,
    e.WrongAnswers: _wrong_answers,
    e.AnswersSlow: _slow,
    e.BootAnswers: _boots,
    e.ClockStep: _clock,
    e.TokenStatus: _token,
    e.Availability: _availability,
    e.Simple: lambda bench, event: bench.csms.send_simple(event),
}
"""What is not in this table is a request of the CSMS."""
