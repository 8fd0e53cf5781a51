"""Creates the parts of the lab for one campaign and connects them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.commissioning import Commissioner
from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.runaway_limit import RunawayLimit
from plugfest.lab.files.manufacturer import Manufacturer
from plugfest.lab.operator.control import CampaignControl
from plugfest.lab.recording.record import Direction, Frame, Record
from plugfest.lab.restore.commands import RestoreList
from plugfest.lab.rules.frame_validation import FrameValidator
from plugfest.lab.settings import LabSettings, with_supported_tokens
from plugfest.lab.version_support import VersionSupport
from plugfest.lab.versions import VERSIONS
from plugfest.link.attempt import Attempt
from plugfest.products import Product
from plugfest.security.pki import TestPki

RECENT_FRAMES: Final = 200
"""Frames before a case that stay in memory, if there is an archive."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The parts of the lab for one campaign of one product."""

    product: Product
    settings: LabSettings
    record: Record
    csms: Csms
    version: VersionSupport
    commissioner: Commissioner
    manufacturer: Manufacturer
    restore_list: RestoreList
    frame_validator: FrameValidator
    runaway_limit: RunawayLimit
    control: CampaignControl
    listeners: list[events.Listener]

    def emit(self, event: events.Event) -> None:
        """Pass an event to every listener."""
        for listener in self.listeners:
            listener(event)

    def forget_earlier_cases(self) -> None:
        """Forget what only the cases before the last one could look at: a campaign may last for weeks."""
        self.record.frames.release(RECENT_FRAMES)
        self.csms.forget_earlier_cases()
        self.version.ledger.forget_ended()

    def note_standstill(self, reason: str) -> None:
        """The lab could not act for some time: what was running does not count, and starts again."""
        self.emit(events.LabStoodStill(reason))
        self.control.repeat(reason)

    async def wait_booted(self) -> None:
        """Wait for the messages that the station sends at boot. A station that booted earlier sends none."""
        self.emit(events.WaitBegan("the messages that a station sends at boot", self.settings.function_timeout))
        try:
            await self.commissioner.wait_booted()
        finally:
            self.emit(events.WaitEnded())


def compose(
    product: Product,
    settings: LabSettings,
    listeners: Sequence[events.Listener] = (),
    pki: TestPki | None = None,
    archive: Sequence[Frame] = (),
) -> Lab:
    """A lab for the product. Its certificates come from `pki`, from a new PKI if None.

    `archive` has the frames that a listener has kept: then the lab keeps only the newest in memory.
    """
    settings = with_supported_tokens(settings, product)
    record = Record(asyncio.get_running_loop().time, clock.utc_now, archive)
    kind = VERSIONS[product.ocpp_version]
    answers = Answers(kind.default_answers(settings, clock.utc_now))
    csms = Csms(kind.protocol, settings, record, answers, kind.registration())
    version = kind(csms, product, settings)
    control = CampaignControl(
        lambda paused: lab.emit(events.CampaignPaused() if paused else events.CampaignResumed()), csms.check_connection
    )
    lab = Lab(
        product=product,
        settings=settings,
        record=record,
        csms=csms,
        version=version,
        commissioner=Commissioner(product, settings, csms, version, pki),
        manufacturer=Manufacturer(product.vendor, settings.firmware),
        restore_list=RestoreList(version.restore_requests),
        frame_validator=FrameValidator(record, kind.protocol.name, kind.clauses, kind.data_types.violations),
        runaway_limit=RunawayLimit(disconnect=csms.go_offline),
        control=control,
        listeners=list(listeners),
    )
    _subscribe(lab)
    return lab


def _subscribe(lab: Lab) -> None:
    """Subscribe the parts to the events of the record and of the CSMS."""

    def on_frame(frame: Frame) -> None:
        lab.emit(events.FrameRecorded(frame))
        if frame.direction is Direction.FROM_STATION:
            lab.runaway_limit.count(len(frame.text))

    def on_attempt(attempt: Attempt, is_station: bool) -> None:
        lab.runaway_limit.count_attempt(attempt, is_station)
        if is_station and attempt.failure is None:
            tls = "" if attempt.tls is None else f"{attempt.tls.version} with {attempt.tls.cipher_suite}"
            lab.emit(events.StationConnected(attempt.remote, tls))

    clock.on_standstill(lab.note_standstill)
    lab.record.listeners.append(on_frame)
    lab.csms.on_answer.append(lab.version.ledger.record_response)
    lab.csms.on_request.append(lab.version.ledger.record_request)
    lab.csms.on_invalid_frame.append(lab.frame_validator.add_invalid)
    lab.csms.on_attempt.append(on_attempt)
    lab.csms.on_control_frame.append(lab.runaway_limit.count)
    lab.csms.log.listeners.append(lambda entry: lab.emit(events.ConnectionLogged(entry)))
