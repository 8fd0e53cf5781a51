"""A campaign against a station that is not ours: in another process, at the other end of a network.

Its time is the real one, as nobody here can make another process jump.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeAlias

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.commissioning import Commissioning
from plugfest.lab.engine import Chosen, Engine
from plugfest.lab.operator import Operator
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.control import ControlHands
from plugfest.rig.http import HttpHands
from plugfest.rig.http_calls import HttpCalls
from plugfest.rig.kept_pki import PkiFolder
from plugfest.rig.outcome import CampaignOutcome
from plugfest.rig.person import Person
from plugfest.rig.prompt import PromptHands

MakeHands: TypeAlias = Callable[[Product, LabSettings], AbstractAsyncContextManager[Operator]]
"""Hands for a product's station, for as long as the context is open."""


class ForeignRig:
    """A bench with a CSMS that listens and with hands, and no station: that one comes by itself.

    `papers` keep the root certificate that the station trusts, if it is to trust one; `say` tells a person what the lab
    waits for.
    """

    def __init__(self, make_hands: MakeHands, say: Callable[[str], None], papers: PkiFolder | None = None) -> None:
        self._make_hands = make_hands
        self._say = say
        self._papers = papers

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[Chosen],
        *,
        settings: LabSettings,
        listeners: Sequence[events.Listener] = (),
    ) -> CampaignOutcome:
        """Wait for the station and run the chosen cases, in one uninterrupted run.

        Raises:
            CampaignImpossible: no station came, or not to the point where cases can begin.
            CannotListen: the address of the settings is taken.
            PkiNotUsable: what the folder for certificates holds is of no use.
            HandsFailed: the person does not commission the station.
        """
        pki = None if self._papers is None else self._papers.pki(clock.SystemClock().now())
        settings = msgspec.structs.replace(settings, root_installed=self._papers is not None)
        engine = Engine(product, settings, listeners, pki)
        await engine.commissioner.open_main()
        try:
            async with self._make_hands(product, settings) as hands:
                await self._invite(engine.commissioner.usual, hands)
                results = await engine.run(chosen, hands)
        finally:
            await engine.csms.close()
        return CampaignOutcome(results, engine.record.frames)

    async def _invite(self, usual: Commissioning, hands: Operator) -> None:
        """Have the station commissioned, or say what it should be commissioned with."""
        if hands.commissions:
            await hands.commission(usual)
            return
        self._say(f"Waiting for {usual.identity} at {usual.csms_url}, security profile {usual.security_profile:d}")
        if usual.security_profile.uses_password:
            self._say(f"Its password is {usual.password}")
        if self._papers is not None:
            self._say(f"Its root certificate of the CSMS is {self._papers.root}")


def fixture(url: str, ev_url: str | None = None) -> MakeHands:
    """A test fixture with the interface of the official tool, and an EV emulator if there is one."""

    @asynccontextmanager
    async def hands(_: Product, settings: LabSettings) -> AsyncIterator[Operator]:
        async with AsyncExitStack() as stack:
            station = await stack.enter_async_context(HttpCalls(url, timeout=settings.operator_timeout))
            ev = None
            if ev_url is not None:
                ev = await stack.enter_async_context(HttpCalls(ev_url, timeout=settings.operator_timeout))
            yield HttpHands(station, ev)

    return hands


def control_api(url: str) -> MakeHands:
    """A `plugfest station` in another process."""

    @asynccontextmanager
    async def hands(_: Product, settings: LabSettings) -> AsyncIterator[Operator]:
        async with HttpCalls(url, timeout=settings.operator_timeout) as calls:
            yield ControlHands(calls)

    return hands


def person(say: Callable[[str], None], papers: PkiFolder | None = None) -> MakeHands:
    """Somebody at the terminal."""

    @asynccontextmanager
    async def hands(product: Product, _: LabSettings) -> AsyncIterator[Operator]:
        somebody = Person(say)
        with somebody.listening():
            yield PromptHands(product, somebody, papers)

    return hands
