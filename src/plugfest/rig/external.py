"""A campaign against a station that is not ours: in another process, at the other end of a network.

Its time is the real one, as nobody here can make another process jump.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeAlias

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import compose
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.ports import Commissioning, OperatorDriver
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.operators.control_api import ControlApiOperator
from plugfest.rig.operators.http import HttpOperator
from plugfest.rig.operators.http_client import HttpClient
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.operators.terminal import TerminalPrompt
from plugfest.rig.pki_folder import PkiFolder

MakeOperator: TypeAlias = Callable[[Product, LabSettings], AbstractAsyncContextManager[OperatorDriver]]
"""Hands for a product's station, for as long as the context is open."""


class ExternalRig:
    """A lab with a CSMS that listens and an operator; the station connects from outside.

    `pki_folder` keeps the root certificate of the lab, None if none is to be installed; `say` prints what the lab waits
    for.
    """

    def __init__(
        self, make_operator: MakeOperator, say: Callable[[str], None], pki_folder: PkiFolder | None = None
    ) -> None:
        self._make_operator = make_operator
        self._say = say
        self._pki_folder = pki_folder

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
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
        pki = None if self._pki_folder is None else self._pki_folder.pki(clock.SystemClock().now())
        settings = msgspec.structs.replace(settings, root_installed=self._pki_folder is not None)
        lab = compose(product, settings, listeners, pki)
        await lab.commissioner.open_main()
        try:
            async with self._make_operator(product, settings) as operator:
                await self._commission_or_announce(lab.commissioner.default, operator)
                results = await Engine(lab).run(chosen, operator)
        finally:
            await lab.csms.close()
        return CampaignOutcome(results, lab.record.frames)

    async def _commission_or_announce(self, usual: Commissioning, operator: OperatorDriver) -> None:
        """Have the station commissioned, or say what it should be commissioned with."""
        if operator.can_commission:
            await operator.commission(usual)
            return
        self._say(f"Waiting for {usual.identity} at {usual.csms_url}, security profile {usual.security_profile:d}")
        if usual.security_profile.uses_password:
            self._say(f"Its password is {usual.password}")
        if self._pki_folder is not None:
            self._say(f"Its root certificate of the CSMS is {self._pki_folder.root}")


def http_operator(url: str, ev_url: str | None = None) -> MakeOperator:
    """A test fixture with the interface of the official tool, and an EV emulator if there is one."""

    @asynccontextmanager
    async def operator(_: Product, settings: LabSettings) -> AsyncIterator[OperatorDriver]:
        async with AsyncExitStack() as stack:
            station = await stack.enter_async_context(HttpClient(url, timeout=settings.operator_timeout))
            ev = None
            if ev_url is not None:
                ev = await stack.enter_async_context(HttpClient(ev_url, timeout=settings.operator_timeout))
            yield HttpOperator(station, ev)

    return operator


def control_api_operator(url: str) -> MakeOperator:
    """A `plugfest station` in another process."""

    @asynccontextmanager
    async def operator(_: Product, settings: LabSettings) -> AsyncIterator[OperatorDriver]:
        async with HttpClient(url, timeout=settings.operator_timeout) as calls:
            yield ControlApiOperator(calls)

    return operator


def prompt_operator(say: Callable[[str], None], pki_folder: PkiFolder | None = None) -> MakeOperator:
    """Somebody at the terminal."""

    @asynccontextmanager
    async def operator(product: Product, _: LabSettings) -> AsyncIterator[OperatorDriver]:
        prompt = TerminalPrompt(say)
        with prompt.listening():
            yield PromptOperator(product, prompt, pki_folder)

    return operator
