"""Campaigns against a station in another process or elsewhere on the network. They need the real clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from typing import TypeAlias

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import Lab, compose
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.control import AT_ANY_TIME, CampaignControl, Interrupted
from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import OperatorFailed
from plugfest.products import Product
from plugfest.rig.commissioning_guide import Announce, CommissioningGuide, ShowCode
from plugfest.rig.operators.control_api import ControlApiOperator
from plugfest.rig.operators.http import HttpOperator
from plugfest.rig.operators.http_client import HttpClient
from plugfest.rig.operators.instructions import Instructor, Person
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.operators.situation import Situation
from plugfest.rig.operators.terminal import Screen, TerminalPrompt
from plugfest.rig.pki_folder import PkiFolder

MakeOperator: TypeAlias = Callable[[Lab], AbstractAsyncContextManager[OperatorDriver]]
"""Makes the operator driver for a campaign of this lab; the context closes its connections."""

ReachPerson: TypeAlias = Callable[[Situation, CampaignControl], AbstractContextManager[Person]]
"""Shows instructions to a person and takes the answers during the context."""


class ExternalRig:
    """Runs campaigns with a lab that waits for a station to connect.

    `pki_folder` has the root certificate of the lab, None if the station has no such root; `announce` shows how the
    station has to be configured, if the operator cannot do it. `cannot`: what the operator cannot do, in addition to
    what it names itself. `left`: what an earlier sitting has left at the station of a product.
    """

    def __init__(
        self,
        make_operator: MakeOperator,
        announce: Announce,
        pki_folder: PkiFolder | None = None,
        cannot: Iterable[Capability] = (),
        left: Callable[[Product], LeftAtStation] = lambda _: NOTHING_LEFT,
    ) -> None:
        self._make_operator = make_operator
        self._announce = announce
        self._pki_folder = pki_folder
        self._cannot = frozenset(cannot)
        self._left = left

    async def __call__(
        self,
        product: Product,
        chosen: Sequence[CampaignCase],
        *,
        settings: LabSettings,
        listeners: Sequence[events.Listener] = (),
        archive: Sequence[Frame] = (),
    ) -> CampaignOutcome:
        """Wait for the station and run the chosen cases, in one uninterrupted run.

        `archive` has the frames that a listener keeps.

        Raises:
            CampaignImpossible: no station connected, it sent without end or was not commissioned, or the operator
                driver cannot be reached.
            CannotListen: the lab cannot listen at the address in the settings.
            PkiNotUsable: the folder has no usable root certificate.
            CampaignQuit: a person has ended the campaign.
        """
        pki = None if self._pki_folder is None else self._pki_folder.pki(clock.SystemClock().now())
        settings = msgspec.structs.replace(settings, root_installed=self._pki_folder is not None)
        lab = compose(product, settings, listeners, pki, archive)
        engine = Engine(lab)
        await lab.commissioner.open_main()
        try:
            async with self._make_operator(lab) as operator:
                await self._commission_or_announce(lab, operator)
                return await engine.run(chosen, operator, cannot=self._cannot, left=self._left(product))
        except OperatorFailed as error:
            raise engine.impossible(str(error)) from error
        finally:
            await lab.csms.close()

    async def _commission_or_announce(self, lab: Lab, operator: OperatorDriver) -> None:
        """Have the operator commission the station, or show how it has to be commissioned."""
        if operator.can_commission and Capability.COMMISSION not in self._cannot:
            await self._commission(lab, operator)
            return
        guide = CommissioningGuide(lab.commissioner.default, [lab.product.ocpp_version], self._pki_folder)
        guide.write_files()
        self._announce(guide, lab.settings.boot_timeout)

    async def _commission(self, lab: Lab, operator: OperatorDriver) -> None:
        while True:
            try:
                async with lab.control.interruptible(AT_ANY_TIME):
                    await operator.commission(lab.commissioner.default)
                return
            except Interrupted as interrupted:
                await lab.control.obey(interrupted.command)


def http_operator(url: str, ev_url: str | None = None) -> MakeOperator:
    """The operator is a test fixture with the interface of the official test tool, and perhaps an EV emulator."""

    @asynccontextmanager
    async def operator(lab: Lab) -> AsyncIterator[OperatorDriver]:
        timeout = lab.settings.operator_timeout
        async with AsyncExitStack() as stack:
            station = await stack.enter_async_context(HttpClient(url, timeout=timeout))
            ev = None
            if ev_url is not None:
                ev = await stack.enter_async_context(HttpClient(ev_url, timeout=timeout))
            yield HttpOperator(station, ev)

    return operator


def control_api_operator(url: str, token: str | None = None) -> MakeOperator:
    """The operator uses the control API of a `plugfest station`."""

    @asynccontextmanager
    async def operator(lab: Lab) -> AsyncIterator[OperatorDriver]:
        async with HttpClient(url, timeout=lab.settings.operator_timeout, token=token) as client:
            yield ControlApiOperator(client)

    return operator


def prompt_operator(
    screen: AbstractContextManager[Screen],
    pki_folder: PkiFolder | None = None,
    show_code: ShowCode = lambda _: None,
    *,
    file_descriptor: int = 0,
) -> MakeOperator:
    """The operator is a person at the terminal. `pki_folder` and `show_code`: as in `PromptOperator`."""

    @contextmanager
    def at_terminal(situation: Situation, control: CampaignControl) -> Iterator[Person]:
        with screen as shown:
            prompt = TerminalPrompt(shown, situation, control, file_descriptor)
            with prompt.listening():
                yield prompt

    return person_operator(at_terminal, pki_folder, show_code)


def person_operator(
    reach: ReachPerson, pki_folder: PkiFolder | None = None, show_code: ShowCode = lambda _: None
) -> MakeOperator:
    """The operator is a person who follows instructions. `pki_folder` and `show_code`: as in `PromptOperator`."""

    @asynccontextmanager
    async def operator(lab: Lab) -> AsyncIterator[OperatorDriver]:
        situation = Situation()
        lab.listeners.append(situation.on_event)
        with reach(situation, lab.control) as person:
            instructor = Instructor(person, situation, lab.control, timeout=lab.settings.operator_timeout)
            attending = asyncio.ensure_future(instructor.attend_pauses())
            try:
                yield PromptOperator(lab.product, instructor, pki_folder, show_code)
            finally:
                attending.cancel()

    return operator
