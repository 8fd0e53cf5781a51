"""What the frames at the station's edge have shown so far: the state that the rules compare a frame with."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest.rig.simulation.invariants.frames import Frame, Json, Kind, Report, Step, events_of, queued_at, report_of
from plugfest.rig.simulation.worlds import events as e

MESSAGE_TIMEOUT: Final = 30.0
"""Seconds that the CSMS has to answer a CALL, as the station is configured."""


SAME_MOMENT: Final = 0.01
"""Seconds."""

_FIRMWARE_STATUSES: Final = ("FirmwareStatusNotification", "SignedFirmwareStatusNotification")


class OpenCall(msgspec.Struct, frozen=True):
    """A CALL that waits for its answer."""

    frame: Frame
    report: Report | None = None


class TransactionHistory(msgspec.Struct, kw_only=True):
    """A transaction as its messages show it. Registers in Wh."""

    evse: int | None = None
    started: bool = False
    ended: bool = False
    next_seq_no: int = 0
    first_register: float | None = None
    last_register: float | None = None
    started_at: float = 0.0


class QueueHead(msgspec.Struct, kw_only=True):
    """The message about a transaction that was sent last."""

    report: Report
    attempts: int = 1
    acknowledged_at: float | None = None
    uncertain: bool = False
    """Whether it may be sent again although it was acknowledged."""


class InstalledProfile(msgspec.Struct, frozen=True):
    """A charging profile that the station has accepted. `start` of its schedule; None: that of the transaction.

    `transaction_start`: of the transaction that it is for; None: of any. The CSMS does not know that it has ended while
    the station is offline.
    """

    event: e.SetProfile
    start: datetime | None
    transaction: str
    transaction_start: datetime | None = None


class ClockSpread:
    """By how much the clock of the station was set back and forth."""

    def __init__(self) -> None:
        self._least: timedelta | None = None
        self._most = timedelta(0)

    def observe(self, offset: timedelta) -> None:
        """`offset`: how far the clock is ahead now."""
        if self._least is None:
            self._least = self._most = offset
        self._least, self._most = min(self._least, offset), max(self._most, offset)

    @property
    def total(self) -> timedelta:
        """So much earlier than a message before may one be by its time, although it is the later one."""
        return timedelta(0) if self._least is None else self._most - self._least


class History:
    """Updated with every frame, after the rules have seen it."""

    def __init__(
        self, version: str, requests: Mapping[str, e.AnyEvent], attempts: int, *, starts_unknown: bool
    ) -> None:
        self._requests = requests
        self.version = version
        self.starts_unknown = starts_unknown
        """Whether unknown tokens may charge while the station is offline."""
        self.delivered_firmware_status = ""
        """The newest status of a firmware update that the CSMS has answered in any way, or not within the timeout."""
        self.transaction_start: Callable[[int], datetime | None] = lambda evse: None
        """When the present transaction of an EVSE has begun. The world sets it."""
        self.external_limit: float | None = None
        """W, by a system beside the CSMS; None: there is none, or the station does not know it."""
        self.attempts = attempts
        """How often a message about a transaction is sent (MessageAttempts, TransactionMessageAttempts)."""
        self.powered = False
        self.status = "Unknown"
        """The registration status in this power cycle."""
        self.was_accepted = False
        """Whether the CSMS has ever accepted the station."""
        self.triggered: set[str] = set()
        self.open_call: OpenCall | None = None
        self.open_requests: dict[str, Frame] = {}
        """Requests of the CSMS that the station has not answered."""
        self.starts_given_up = False
        """Whether the CSMS does not know a transaction of OCPP 1.6."""
        self.energy_known = True
        """Whether the messages show the energy of all transactions."""
        self.may_ignore: set[str] = set()
        """The message ids of those that came while the station was rejected (1.6, 4.2)."""
        self.transactions: dict[str, TransactionHistory] = {}
        self.head: QueueHead | None = None
        self.acknowledged: set[str] = set()
        """The contents of the messages about transactions that the CSMS has acknowledged."""
        self.connector_statuses: dict[tuple[int, int], str] = {}
        self.accepted_tokens: set[str] = set()
        """The tokens that the CSMS has accepted at any time, by any message."""
        self.profiles: dict[int, InstalledProfile] = {}
        self.profiles_known: bool = True
        """Whether `profiles` are those of the station: an answer about them may be missing."""
        self.events: dict[int, str] = {}
        """The data of each NotifyEvent by its eventId."""
        self.clock_spread = ClockSpread()
        self.newest_queued: datetime | None = None
        """The latest time of a StatusNotification that came from the queue of ordinary messages."""
        self.messages: set[str] = set()
        """The texts of the display messages that the station has, or may have."""
        self._starts: dict[str, TransactionHistory] = {}

    # Power and connection

    def power_on(self) -> None:
        self.powered = True
        self.status = "Unknown"
        self.triggered.clear()

    def power_off(self, at: float) -> None:
        self.powered = False
        head = self.head
        if head is not None and head.acknowledged_at is not None and at - head.acknowledged_at < SAME_MOMENT:
            head.uncertain = True  # power may have been lost before the station stored that it has the answer
            self.acknowledged.discard(head.report.content)
        self.disconnected()

    def disconnected(self) -> None:
        """The connection is lost: what was not answered will not be."""
        if any(isinstance(self._event(each), e.SetProfile | e.ClearProfiles) for each in self.open_requests):
            self.profiles_known = False
        self.open_call = None
        self.open_requests.clear()

    # Frames

    def apply(self, frame: Frame) -> None:
        match frame.kind, frame.sent:
            case Kind.CALL, True:
                self._sent_call(frame)
            case Kind.CALL, False:
                self._received_call(frame)
            case _, True:
                self._answered(frame)
            case _, False:
                self._received_answer(frame)

    def all_transactions(self) -> list[TransactionHistory]:
        known = list(self._starts.values())
        return [*known, *(each for each in self.transactions.values() if each not in known)]

    def transaction_of(self, report: Report) -> TransactionHistory | None:
        """None if its start is not known."""
        if report.step is Step.STARTED and not report.transaction:
            return self._starts.get(report.content)
        return self.transactions.get(report.transaction)

    def times_out(self, at: float) -> bool:
        """Whether the open CALL has timed out."""
        return self.open_call is not None and at - self.open_call.frame.at >= MESSAGE_TIMEOUT - 1e-6

    def _event(self, message_id: str) -> e.AnyEvent | None:
        return self._requests.get(message_id)

    def _sent_call(self, frame: Frame) -> None:
        if self.open_call is not None:  # it has timed out: there is one at a time, and none after a disconnection
            self._note_delivered(self.open_call)
        report = report_of(frame)
        self.open_call = OpenCall(frame, report)
        if report is not None:
            self._report(frame, report)
        elif frame.action == "StatusNotification":
            self._note_queued(frame)
            self._status(frame.payload)
        elif frame.action == "NotifyEvent":
            self.events |= events_of(frame)

    def _note_delivered(self, call: OpenCall) -> None:
        if call.frame.action in _FIRMWARE_STATUSES:
            self.delivered_firmware_status = str(call.frame.payload["status"])

    def _note_queued(self, frame: Frame) -> None:
        """What the CSMS has asked for is sent at once while it is Pending (B02.FR.02), and is in no queue."""
        moment = queued_at(frame)
        if moment is not None and self.status == "Accepted":
            self.newest_queued = moment if self.newest_queued is None else max(self.newest_queued, moment)

    def _status(self, payload: Json) -> None:
        evse, connector, status = payload.get("evseId"), payload["connectorId"], payload.get("connectorStatus")
        assert isinstance(connector, int)
        if isinstance(evse, int):
            self.connector_statuses[evse, connector] = str(status)
        else:
            self.connector_statuses[connector, 1] = str(payload["status"])

    def _report(self, frame: Frame, report: Report) -> None:
        if self.head is not None and self.head.report.content == report.content:
            self.head.attempts += 1
        else:
            self._given_up()
            self.head = QueueHead(report=report)
        transaction = self.transaction_of(report)
        if transaction is None:
            transaction = TransactionHistory(started_at=frame.at)
            if report.transaction:
                self.transactions[report.transaction] = transaction
            else:
                self._starts[report.content] = transaction
        transaction.started = transaction.started or report.step is Step.STARTED
        transaction.ended = transaction.ended or report.step is Step.ENDED
        transaction.evse = transaction.evse or report.evse
        if report.seq_no is not None:
            transaction.next_seq_no = max(transaction.next_seq_no, report.seq_no + 1)
        if report.registers:
            if transaction.first_register is None:
                transaction.first_register = report.registers[0]
            transaction.last_register = report.registers[-1]
        if report.step is Step.ENDED:
            self.profiles = {
                number: each for number, each in self.profiles.items() if each.transaction != report.transaction
            }

    def _given_up(self) -> None:
        """A StartTransaction that was never answered: the CSMS does not know this transaction (1.6, erratum 3.18)."""
        if self.head is None or self.head.acknowledged_at is not None:
            return
        if self._starts.pop(self.head.report.content, None) is not None:
            self.starts_given_up = True
            self.energy_known = False

    def _received_answer(self, frame: Frame) -> None:
        call = self.open_call
        if call is None or call.frame.message_id != frame.message_id or self.times_out(frame.at):
            return
        self.open_call = None
        self._note_delivered(call)
        if frame.kind is not Kind.CALLRESULT:
            return
        if call.report is not None and self.head is not None:
            self.head.acknowledged_at = frame.at
            self.acknowledged.add(call.report.content)
        self._apply_result(call, frame.payload)

    def _apply_result(self, call: OpenCall, payload: Json) -> None:
        request = call.frame.payload
        if call.frame.action == "BootNotification":
            self.status = str(payload["status"])
            self.was_accepted = self.was_accepted or self.status == "Accepted"
        if call.frame.action == "StartTransaction" and call.report is not None:
            self.transactions[str(payload["transactionId"])] = self._starts[call.report.content]
        info = payload.get("idTokenInfo") or payload.get("idTagInfo")
        if isinstance(info, dict) and info["status"] == "Accepted":
            token = request.get("idToken")
            self.accepted_tokens.add(str(token["idToken"] if isinstance(token, dict) else request.get("idTag")))

    def _received_call(self, frame: Frame) -> None:
        self.open_requests[frame.message_id] = frame
        if self.version == "1.6" and self.status == "Rejected":
            self.may_ignore.add(frame.message_id)
        event = self._event(frame.message_id)
        if isinstance(event, e.Trigger):
            self.triggered.add(event.message)
        if isinstance(event, e.RemoteStart):
            self.accepted_tokens.add(event.token)
        if isinstance(event, e.ShowMessage):
            self.messages.add(event.text)
        if isinstance(event, e.SendList):
            self.accepted_tokens.update(event.tokens)

    def _answered(self, frame: Frame) -> None:
        request = self.open_requests.pop(frame.message_id, None)
        event = self._event(frame.message_id)
        if request is None or frame.payload.get("status") != "Accepted":
            return
        if isinstance(event, e.SetProfile):
            self._install(event, request)
        elif isinstance(event, e.ClearMessage):
            self.messages.discard(e.ShowMessage(at=0, id=event.id).text)
        elif isinstance(event, e.ClearProfiles):
            self.profiles = {} if not event.id else {key: one for key, one in self.profiles.items() if key != event.id}

    def _install(self, event: e.SetProfile, request: Frame) -> None:
        profile = request.payload.get("chargingProfile") or request.payload.get("csChargingProfiles")
        assert isinstance(profile, dict)
        place = (event.evse, event.purpose, event.stack_level)
        self.profiles = {
            key: one
            for key, one in self.profiles.items()
            if (one.event.evse, one.event.purpose, one.event.stack_level) != place
        }
        schedule = profile["chargingSchedule"]
        schedule = schedule[0] if isinstance(schedule, list) else schedule
        start = datetime.fromisoformat(schedule["startSchedule"]) if "startSchedule" in schedule else None
        transaction_start = self.transaction_start(event.evse) if event.purpose == "Transaction" else None
        transaction = str(profile.get("transactionId", ""))
        self.profiles[event.id] = InstalledProfile(event, start, transaction, transaction_start)
