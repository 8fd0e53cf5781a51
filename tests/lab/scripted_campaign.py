"""Campaigns against a scripted station over a real socket, in simulated time, with a limit of real time."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator

import pytest
from tests.lab.scripted_station import IdleOperator, ScriptedStation

from plugfest import clock
from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.composition import Lab, compose
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.events import Listener
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult
from plugfest.products import load_product

SETTINGS = LabSettings(security_profile=1)
PRODUCT = "alpitronic-hyc-200-eu"

TIMEOUT = 60
"""Seconds of real time after which a campaign fails."""


def campaign(
    *declared: Case | None,
    on_action: Callable[[ScriptedStation, str], Awaitable[None]] | None = None,
    prepare: Callable[[ScriptedStation], None] | None = None,
    can_commission: bool = True,
) -> tuple[CaseResult, ...]:
    """The results of cases that run against a station that `prepare` has configured."""
    return outcome(*declared, on_action=on_action, prepare=prepare, can_commission=can_commission).results


def outcome(
    *declared: Case | None,
    on_action: Callable[[ScriptedStation, str], Awaitable[None]] | None = None,
    prepare: Callable[[ScriptedStation], None] | None = None,
    can_commission: bool = True,
    lacks: dict[Capability, str] | None = None,
    cannot: Iterable[Capability] = (),
    listener: Listener = lambda _: None,
    on_lab: Callable[[Lab], None] = lambda _: None,
    is_certain: bool = True,
    settings: LabSettings = SETTINGS,
) -> CampaignOutcome:
    """The outcome of a campaign against a station that `prepare` has configured.

    `lacks`, `is_certain`: as in `IdleOperator`; `cannot`: as in `Engine.run`; `on_lab` is called with the lab.
    """

    def operator(on_action: Callable[[str], Awaitable[None]]) -> IdleOperator:
        made = IdleOperator(on_action, can_commission=can_commission, lacks=lacks)
        made.is_certain = is_certain
        return made

    with _real_timeout():
        return clock.run_simulated(
            _campaign(declared, on_action, prepare, operator, cannot, listener, on_lab, settings)
        )


async def _campaign(
    declared: tuple[Case | None, ...],
    on_action: Callable[[ScriptedStation, str], Awaitable[None]] | None,
    prepare: Callable[[ScriptedStation], None] | None,
    operator: Callable[[Callable[[str], Awaitable[None]]], IdleOperator],
    cannot: Iterable[Capability],
    listener: Listener,
    on_lab: Callable[[Lab], None],
    settings: LabSettings,
) -> CampaignOutcome:
    lab = compose(load_product(PRODUCT), settings, [listener])
    on_lab(lab)
    await lab.commissioner.open_main()
    station = ScriptedStation(settings)
    if prepare:
        prepare(station)

    async def acted(what: str) -> None:
        if on_action:
            await on_action(station, what)

    running = asyncio.ensure_future(station.run(lab.csms.main.url))
    chosen = [CampaignCase(f"TC_X_{n:02}_CS", "a case", "Core", one) for n, one in enumerate(declared, 1)]
    try:
        return await Engine(lab).run(chosen, operator(acted), cannot=cannot)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await lab.csms.close()


@contextlib.contextmanager
def _real_timeout() -> Iterator[None]:
    """Simulated time does not advance while frames come: a lab without a limit would block the tests."""

    def alarmed(*_: object) -> None:
        raise KeyboardInterrupt  # not caught by the event loop

    before = signal.signal(signal.SIGALRM, alarmed)
    signal.alarm(TIMEOUT)
    try:
        yield
    except KeyboardInterrupt:
        pytest.fail(f"the campaign had not ended after {TIMEOUT} s")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
