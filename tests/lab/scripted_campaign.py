"""Campaigns against a scripted station over a real socket, in simulated time, and never without end."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator

import pytest
from tests.lab.scripted_station import IdleOperator, ScriptedStation

from plugfest import clock
from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.composition import compose
from plugfest.lab.engine import Engine
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult
from plugfest.products import load_product

SETTINGS = LabSettings(security_profile=1)
PRODUCT = "alpitronic-hyc-200-eu"

PATIENCE = 60
"""Seconds of real time after which a campaign counts as hanging."""


def campaign(
    *declared: Case | None,
    on_act: Callable[[ScriptedStation, str], Awaitable[None]] | None = None,
    prepare: Callable[[ScriptedStation], None] | None = None,
    can_commission: bool = True,
) -> tuple[CaseResult, ...]:
    """Run cases against a station that `prepare` has made good or bad."""
    with _patience():
        return clock.run_simulated(_campaign(declared, on_act, prepare, can_commission=can_commission))


async def _campaign(
    declared: tuple[Case | None, ...],
    on_act: Callable[[ScriptedStation, str], Awaitable[None]] | None,
    prepare: Callable[[ScriptedStation], None] | None,
    *,
    can_commission: bool,
) -> tuple[CaseResult, ...]:
    lab = compose(load_product(PRODUCT), SETTINGS)
    await lab.commissioner.open_main()
    station = ScriptedStation(SETTINGS)
    if prepare:
        prepare(station)

    async def acted(what: str) -> None:
        if on_act:
            await on_act(station, what)

    life = asyncio.ensure_future(station.live(lab.csms.main.url))
    chosen = [CampaignCase(f"TC_X_{n:02}_CS", "a case", "Core", one) for n, one in enumerate(declared, 1)]
    try:
        return await Engine(lab).run(chosen, IdleOperator(acted, can_commission=can_commission))
    finally:
        life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await life
        await lab.csms.close()


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Simulated time stands still while somebody talks: a lab that listens for ever must not hang the tests."""

    def alarmed(*_: object) -> None:
        raise KeyboardInterrupt  # the one thing that goes through an event loop

    before = signal.signal(signal.SIGALRM, alarmed)
    signal.alarm(PATIENCE)
    try:
        yield
    except KeyboardInterrupt:
        pytest.fail(f"the campaign had not ended after {PATIENCE} s")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
