"""Generates a world from a seed: charging sessions of drivers, and between them requests and faults."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from plugfest.rig.simulation.environment.dialects import TOKENS
from plugfest.rig.simulation.worlds import events as e
from plugfest.rig.simulation.worlds.world import Stage, World, all_products, settings_of, stage

LENGTH: Final = 1500.0
"""Seconds in which events begin."""

SESSIONS: Final = (2, 5)
REQUESTS: Final = (2, 9)
FAULTS: Final = (1, 7)
DEVICE_REQUESTS: Final = (0, 3)
"""The least and the most of each kind in a world."""

_CARDS: Final = ("T1", "T1", "T1", "T2", "T2", "T2", "T3", "T4", "T5", "T6")
"""T6 is unknown to the CSMS."""

Make = Callable[["_Generator", float], e.AnyEvent]


def generate(seed: int, product: str | None = None) -> World:
    """The world of this seed, for this product or one that follows from the seed. Raises ProductError."""
    random = Random(f"world {seed}")
    name = random.choice(all_products())
    name = product or name
    of = stage(name)
    settings = settings_of(of, random)
    events = [*_Generator(random, of).events(), *_Generator(Random(f"device {seed}"), of).device_events()]
    return World(seed=seed, product=name, settings=settings, events=tuple(sorted(events, key=lambda each: each.at)))


class _Generator:
    def __init__(self, random: Random, of: Stage) -> None:
        self.random = random
        self.stage = of

    def events(self) -> Iterator[e.AnyEvent]:
        sessions = [event for _ in range(self.random.randint(*SESSIONS)) for event in self._session(self._time())]
        yield from sessions
        for kinds, count in ((_REQUESTS, REQUESTS), (_FAULTS, FAULTS)):
            for _ in range(self.random.randint(*count)):
                yield self.random.choice(kinds)(self, self._near(sessions))

    def device_events(self) -> Iterator[e.AnyEvent]:
        """From a random sequence of their own, so that the rest of a world does not depend on them."""
        kinds = [kind for has, kind in ((self.stage.monitors, _monitor), (self.stage.display, _message)) if has]
        for kind in kinds:
            for _ in range(self.random.randint(*DEVICE_REQUESTS)):
                yield kind(self, self._time())
        if self.random.random() < 0.2:
            yield from self._unmeasured_session(self._time())
        if self.random.random() < 0.25:
            yield from self._session_with_failing_meter(self._time())
        if self.stage.queues_all and self.random.random() < 0.5:
            yield from self._offline_session(self._time())
        if self.stage.locks and self.random.random() < 0.3:
            yield from self._two_drivers(self._time())
        if self.random.random() < 0.25:
            yield e.UploadLog(at=self._time(), works=self.random.random() < 0.7)
        if self.stage.unsigned_firmware and self.random.random() < 0.5:
            yield e.UpdateFirmware(at=self._time(), works=self.random.random() < 0.7)

    def _unmeasured_session(self, at: float) -> Iterator[e.AnyEvent]:
        """A session that begins while the meter measures nothing."""
        evse, connector = self.place()
        yield e.MeterFault(at=at, evse=evse, watts=0.0, seconds=self.seconds(20, 100))
        yield e.PlugIn(at=self.after(at, 1, 5), evse=evse, connector=connector)
        yield e.RemoteStart(at=self.after(at, 6, 15), token="T1", evse=evse)
        yield e.Unplug(at=self.after(at, 150, 300), evse=evse, connector=connector)

    def _session_with_failing_meter(self, at: float) -> Iterator[e.AnyEvent]:
        """A session at an EVSE whose meter fails before it, during it or at its end."""
        evse, connector = self.place()
        failure = self.after(at, 0, 200)
        yield e.MeterFailure(at=failure, evse=evse, seconds=self.seconds(1, 300))
        yield e.PlugIn(at=self.after(at, 10, 30), evse=evse, connector=connector)
        yield e.PresentToken(at=self.after(at, 10, 60), token="T1", evse=evse)
        if self.random.random() < 0.3:
            yield e.PowerCut(at=self.after(failure, 0, 20), seconds=self.seconds(1, 100))
        yield e.PresentToken(at=self.after(at, 100, 250), token="T1", evse=evse)
        yield e.Unplug(at=self.after(at, 150, 300), evse=evse, connector=connector)

    def _offline_session(self, at: float) -> Iterator[e.AnyEvent]:
        """A session whose messages wait in the queue until the network is back."""
        evse, connector = self.place()
        yield e.NetworkDown(at=at, seconds=self.seconds(30, 300))
        yield e.PlugIn(at=self.after(at, 2, 20), evse=evse, connector=connector)
        yield e.PresentToken(at=self.after(at, 2, 30), token="T1", evse=evse)
        yield e.Unplug(at=self.after(at, 25, 200), evse=evse, connector=connector, side="ev")

    def _two_drivers(self, at: float) -> Iterator[e.AnyEvent]:
        """The first driver leaves the cable locked in the socket; the second one uses it."""
        evse, connector = self.place()
        yield e.PlugIn(at=at, evse=evse, connector=connector)
        yield e.PresentToken(at=self.after(at, 1, 5), token="T1", evse=evse)
        yield e.Unplug(at=self.after(at, 30, 60), evse=evse, connector=connector, side="ev")
        yield e.PlugIn(at=self.after(at, 61, 80), evse=evse, connector=connector)
        yield e.PresentToken(at=self.after(at, 81, 90), token="T2", evse=evse)
        yield e.PresentToken(at=self.after(at, 110, 140), token="T1", evse=evse)
        yield e.Unplug(at=self.after(at, 141, 300), evse=evse, connector=connector)

    def _near(self, sessions: list[e.AnyEvent]) -> float:
        """Half of the requests and faults come where something happens."""
        if self.random.random() < 0.5:
            return self._time()
        return max(0.0, self.after(self.random.choice(sessions).at, -3, 20))

    def _time(self) -> float:
        return self._round(self.random.uniform(5, LENGTH))

    def _round(self, seconds: float) -> float:
        return round(seconds, 1)

    def after(self, at: float, least: float, most: float) -> float:
        return self._round(at + self.random.uniform(least, most))

    def seconds(self, least: float, most: float) -> float:
        """Short durations are as frequent as long ones."""
        return self._round(least * (most / least) ** self.random.random())

    def place(self) -> tuple[int, int]:
        return self.random.choice(self.stage.connectors)

    def evse(self) -> int:
        return self.place()[0]

    def card(self) -> str:
        return self.random.choice(_CARDS)

    def _session(self, at: float) -> Iterator[e.AnyEvent]:
        """A driver charges: the beginning, what happens meanwhile, one of several ends, the departure."""
        random = self.random
        evse, connector = self.place()
        token = self.card()
        plug = e.PlugIn(at=at, evse=evse, connector=connector, seated=random.random() > 0.05)
        begin = self.after(at, 0.1, 50)
        if random.random() < 0.25:
            start: e.AnyEvent = e.RemoteStart(at=begin, token=token, evse=evse)
        else:
            start = e.PresentToken(at=begin, token=token, evse=evse)
        yield from (plug, start) if random.random() < 0.7 else _swapped(plug, start)
        if self.stage.bays and random.random() < 0.5:
            yield e.Park(at=self.after(at, 0, 5) - 5.0, evse=evse, seconds=self.seconds(300, 3000))
        middle = self.after(begin, 5, 900)
        if random.random() < 0.3:
            yield e.EvSuspends(at=self.after(begin, 1, 600), evse=evse, seconds=self.seconds(5, 600))
        if random.random() < 0.15:
            yield e.EvFull(at=self.after(begin, 1, 600), evse=evse, percent=random.choice((79.9, 99.5, 100.0)))
        yield from self._end(middle, evse, connector, token)

    def _end(self, at: float, evse: int, connector: int, token: str) -> Iterator[e.AnyEvent]:
        random = self.random
        kind = random.choice(("token", "token", "remote", "ev side", "other token", "none"))
        if kind == "token":
            yield e.PresentToken(at=at, token=token, evse=evse)
        elif kind == "remote":
            yield e.RemoteStop(at=at, evse=evse)
        elif kind == "ev side":
            yield e.Unplug(at=at, evse=evse, connector=connector, side="ev")
            if random.random() < 0.5:
                yield e.PresentToken(at=self.after(at, 1, 200), token=token, evse=evse)
        elif kind == "other token":
            yield e.PresentToken(at=at, token=self.card(), evse=evse)
        if random.random() < 0.8:
            yield e.Unplug(at=self.after(at, 0.1, 240), evse=evse, connector=connector)


def _swapped(plug: e.PlugIn, start: e.AnyEvent) -> tuple[e.AnyEvent, e.AnyEvent]:
    """The token first."""
    later = e.PlugIn(at=start.at, evse=plug.evse, connector=plug.connector, seated=plug.seated)
    if isinstance(start, e.RemoteStart):
        return e.RemoteStart(at=plug.at, token=start.token, evse=start.evse), later
    assert isinstance(start, e.PresentToken)
    return e.PresentToken(at=plug.at, token=start.token, evse=start.evse), later


# Requests of the CSMS


def _set_profile(g: _Generator, at: float) -> e.AnyEvent:
    random = g.random
    purposes: tuple[e.Purpose, ...] = ("Station", "Default", "Default", "Transaction")
    units: tuple[e.Unit, ...] = ("W",) if g.stage.direct_current else ("A", "W")
    purpose, unit = random.choice(purposes), random.choice(units)
    starts = (0, *sorted({random.randint(30, 900) for _ in range(random.randint(0, 2))}))
    limits = (0.0, 6.0, 10.0, 16.0, 32.0) if unit == "A" else (0.0, 1400.0, 4000.0, 11000.0, 50000.0)
    named = random.choice((None, None, 1, 3)) if purpose != "Station" and not g.stage.direct_current else None
    evse = 0 if purpose == "Station" else g.evse() if purpose == "Transaction" else random.choice((0, g.evse()))
    return e.SetProfile(
        at=at,
        evse=evse,
        id=random.randint(1, 6),
        stack_level=random.randint(0, 2),
        purpose=purpose,
        unit=unit,
        periods=tuple(e.Period(start=start, limit=random.choice(limits), phases=named) for start in starts),
        relative=purpose != "Station" and random.random() < 0.4,
        duration=random.choice((0, 0, 300, 1200)),
    )


def _trigger(g: _Generator, at: float) -> e.AnyEvent:
    messages = ("StatusNotification", "Heartbeat", "MeterValues", "BootNotification", "TransactionEvent")
    return e.Trigger(at=at, message=g.random.choice(messages), evse=g.evse())


def _send_list(g: _Generator, at: float) -> e.AnyEvent:
    return e.SendList(at=at, tokens=tuple(token for token in TOKENS if g.random.random() < 0.5))


def _monitor(g: _Generator, at: float) -> e.AnyEvent:
    return e.SetMonitor(at=at, evse=g.evse(), watts=g.random.choice((100.0, 5000.0)))


def _message(g: _Generator, at: float) -> e.AnyEvent:
    id = g.random.randint(1, 2)
    return e.ShowMessage(at=at, id=id) if g.random.random() < 0.6 else e.ClearMessage(at=at, id=id)


_REQUESTS: Final[tuple[Make, ...]] = (
    lambda g, at: e.RemoteStart(at=at, token=g.card(), evse=g.evse()),
    lambda g, at: e.RemoteStop(at=at, evse=g.evse()),
    lambda g, at: e.Unlock(at=at, evse=(place := g.place())[0], connector=place[1]),
    lambda g, at: e.Availability(at=at, evse=g.random.choice((0, g.evse())), seconds=g.seconds(20, 900)),
    lambda g, at: e.Reset(at=at, immediate=g.random.random() < 0.5),
    lambda g, at: e.Reserve(at=at, evse=g.evse(), token=g.random.choice(("T1", "T2")), seconds=g.seconds(30, 900)),
    _set_profile,
    _set_profile,
    _set_profile,
    lambda g, at: e.ClearProfiles(at=at, id=g.random.choice((0, 1, 2, 3))),
    _trigger,
    _trigger,
    _send_list,
    lambda g, at: e.OtherRequest(
        at=at,
        action=g.random.choice(("ClearCache", "GetLocalListVersion", "DataTransfer", "unknown action", "no JSON")),
    ),
    lambda g, at: e.TokenStatus(at=at, token=g.random.choice(("T1", "T2")), status="Blocked"),
)

# Faults


def _power_cut(g: _Generator, at: float) -> e.AnyEvent:
    write = g.random.choice((0, g.random.randint(1, 12)))
    return e.PowerCut(at=at, seconds=g.seconds(1, 300), write=write, written=g.random.random() < 0.5)


def _fault(g: _Generator, at: float) -> e.AnyEvent:
    evse, connector = g.place()
    return e.ConnectorFault(at=at, evse=evse, connector=connector, seconds=g.seconds(1, 300))


def _jam(g: _Generator, at: float) -> e.AnyEvent:
    evse, connector = g.place()
    if not g.stage.locks:
        return _fault(g, at)
    return e.LockJammed(at=at, evse=evse, connector=connector, seconds=g.seconds(10, 300))


def _boots(g: _Generator, at: float) -> e.AnyEvent:
    return e.BootAnswers(
        at=at,
        status=g.random.choice(("Pending", "Rejected")),
        count=g.random.randint(1, 3),
        interval=g.random.choice((0, 5, 60)),
    )


_FAULTS: Final[tuple[Make, ...]] = (
    _power_cut,
    _power_cut,
    _fault,
    _jam,
    lambda g, at: e.MeterFault(
        at=at, evse=g.evse(), watts=g.random.choice((0.0, 0.0, 3000.0)), seconds=g.seconds(5, 300)
    ),
    lambda g, at: e.ExternalLimit(at=at, watts=g.random.choice((0.0, 2000.0, 9000.0)), seconds=g.seconds(10, 600)),
    lambda g, at: e.DiskFull(at=at, seconds=g.seconds(1, 400)),
    lambda g, at: e.NetworkDown(at=at, seconds=g.seconds(0.5, 900)),
    lambda g, at: e.NetworkDown(at=at, seconds=g.seconds(0.5, 900)),
    lambda g, at: e.NetworkSilent(at=at, seconds=g.seconds(1, 600)),
    lambda g, at: e.NetworkSlow(at=at, delay=g.seconds(0.5, 40), seconds=g.seconds(10, 600)),
    lambda g, at: e.ConnectionCut(at=at),
    lambda g, at: e.CsmsDown(at=at, seconds=g.seconds(1, 600), status=g.random.choice((0, 401, 503))),
    lambda g, at: e.WrongAnswers(at=at, kind="lost", count=g.random.randint(1, 6)),
    lambda g, at: e.WrongAnswers(at=at, kind="doubled", count=g.random.randint(1, 6)),
    lambda g, at: e.AnswersSlow(at=at, delay=g.seconds(1, 45), seconds=g.seconds(10, 600)),
    lambda g, at: e.WrongAnswers(at=at, kind="errors", count=g.random.randint(1, 6)),
    lambda g, at: e.WrongAnswers(at=at, kind="invalid", count=g.random.randint(1, 3)),
    _boots,
    lambda g, at: e.ClockStep(at=at, seconds=g.random.choice((-3600.0, -120.0, 90.0, 3600.0))),
)
