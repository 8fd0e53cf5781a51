"""What happens in a world, as plain data: each event with its time in seconds after the start.

An event that lasts has its end in it, so that a story stays possible when events are removed from it.
"""

from typing import Literal, TypeAlias

import msgspec

from plugfest.rig.simulation.worlds.device_events import ClearMessage as ClearMessage
from plugfest.rig.simulation.worlds.device_events import SetMonitor as SetMonitor
from plugfest.rig.simulation.worlds.device_events import ShowMessage as ShowMessage
from plugfest.rig.simulation.worlds.event import Event
from plugfest.rig.simulation.worlds.file_events import UpdateFirmware as UpdateFirmware
from plugfest.rig.simulation.worlds.file_events import UploadLog as UploadLog
from plugfest.rig.simulation.worlds.meter_events import MeterFailure as MeterFailure
from plugfest.rig.simulation.worlds.meter_events import MeterFault as MeterFault

Side: TypeAlias = Literal["ev", "evse", "both"]
Purpose: TypeAlias = Literal["Station", "Default", "Transaction"]
Unit: TypeAlias = Literal["A", "W"]


# Drivers and EVs


class PlugIn(Event, frozen=True, kw_only=True):
    evse: int
    connector: int
    seated: bool = True

    def __str__(self) -> str:
        return f"plug in at {_connector(self)}{'' if self.seated else ', not far enough for the lock'}"


class Unplug(Event, frozen=True, kw_only=True):
    evse: int
    connector: int
    side: Side = "both"

    def __str__(self) -> str:
        return f"unplug at {_connector(self)}{'' if self.side == 'both' else f', {self.side} side only'}"


class PresentToken(Event, frozen=True, kw_only=True):
    token: str
    evse: int

    def __str__(self) -> str:
        return f"present token {self.token} at EVSE {self.evse}"


class Park(Event, frozen=True, kw_only=True):
    """An EV enters the parking bay of an EVSE, and leaves it after so many seconds."""

    evse: int
    seconds: float

    def __str__(self) -> str:
        return f"an EV parks at EVSE {self.evse} for {self.seconds:g} s"


class EvSuspends(Event, frozen=True, kw_only=True):
    """The EV refuses energy."""

    evse: int
    seconds: float

    def __str__(self) -> str:
        return f"the EV at EVSE {self.evse} takes no energy for {self.seconds:g} s"


class EvFull(Event, frozen=True, kw_only=True):
    evse: int
    percent: float

    def __str__(self) -> str:
        return f"the EV at EVSE {self.evse} is charged to {self.percent:g} %"


# Hardware


class ConnectorFault(Event, frozen=True, kw_only=True):
    evse: int
    connector: int
    seconds: float

    def __str__(self) -> str:
        return f"{_connector(self)} has a fault for {self.seconds:g} s"


class LockJammed(Event, frozen=True, kw_only=True):
    evse: int
    connector: int
    seconds: float

    def __str__(self) -> str:
        return f"the lock of {_connector(self)} is jammed for {self.seconds:g} s"


class ExternalLimit(Event, frozen=True, kw_only=True):
    watts: float
    seconds: float

    def __str__(self) -> str:
        return f"the energy management system limits the station to {self.watts:g} W for {self.seconds:g} s"


class PowerCut(Event, frozen=True, kw_only=True):
    """Power fails, at once or at the n-th write to the store from now, `written` or not."""

    seconds: float
    write: int = 0
    written: bool = False

    def __str__(self) -> str:
        place = "" if not self.write else f" {'after' if self.written else 'before'} write {self.write} to the store"
        return f"power fails{place} for {self.seconds:g} s"


class DiskFull(Event, frozen=True, kw_only=True):
    seconds: float

    def __str__(self) -> str:
        return f"the disk is full for {self.seconds:g} s"


# Network


class NetworkDown(Event, frozen=True, kw_only=True):
    """The station has no network, and knows it."""

    seconds: float

    def __str__(self) -> str:
        return f"the network is down for {self.seconds:g} s"


class NetworkSilent(Event, frozen=True, kw_only=True):
    """Nothing gets through, and neither end knows it."""

    seconds: float

    def __str__(self) -> str:
        return f"nothing gets through the network for {self.seconds:g} s"


class NetworkSlow(Event, frozen=True, kw_only=True):
    delay: float
    seconds: float

    def __str__(self) -> str:
        return f"each message takes {self.delay:g} s for {self.seconds:g} s"


class ConnectionCut(Event, frozen=True, kw_only=True):
    """The connection breaks; the next one is possible at once."""

    def __str__(self) -> str:
        return "the connection breaks"


# CSMS


class CsmsDown(Event, frozen=True, kw_only=True):
    """The CSMS has ended all connections. `status`: what its proxy answers meanwhile; 0: nothing listens."""

    seconds: float
    status: int = 0

    def __str__(self) -> str:
        how = f", HTTP status {self.status}" if self.status else ""
        return f"the CSMS is down for {self.seconds:g} s{how}"


class WrongAnswers(Event, frozen=True, kw_only=True):
    """The next answers of the CSMS: handled and then lost, sent twice, a CALLERROR, or against the schema."""

    kind: Literal["lost", "doubled", "errors", "invalid"]
    count: int

    def __str__(self) -> str:
        how = {"lost": "are lost", "doubled": "come twice", "errors": "are a CALLERROR", "invalid": "are not valid"}
        return f"the next {self.count} answers of the CSMS {how[self.kind]}"


class AnswersSlow(Event, frozen=True, kw_only=True):
    delay: float
    seconds: float

    def __str__(self) -> str:
        return f"the CSMS answers after {self.delay:g} s for {self.seconds:g} s"


class BootAnswers(Event, frozen=True, kw_only=True):
    """How the CSMS answers the next BootNotifications."""

    status: Literal["Pending", "Rejected"]
    count: int
    interval: int

    def __str__(self) -> str:
        return f"the next {self.count} BootNotifications are {self.status}, interval {self.interval} s"


class ClockStep(Event, frozen=True, kw_only=True):
    """The clock of the CSMS, which sets that of the station, jumps."""

    seconds: float

    def __str__(self) -> str:
        return f"the clock of the CSMS jumps by {self.seconds:+g} s"


class TokenStatus(Event, frozen=True, kw_only=True):
    """The CSMS changes the status of a token."""

    token: str
    status: str

    def __str__(self) -> str:
        return f"token {self.token} is now {self.status}"


# Requests of the CSMS


class RemoteStart(Event, frozen=True, kw_only=True):
    token: str
    evse: int

    def __str__(self) -> str:
        return f"the CSMS starts a transaction for token {self.token} at EVSE {self.evse}"


class RemoteStop(Event, frozen=True, kw_only=True):
    """Of the transaction that the CSMS knows at this EVSE."""

    evse: int

    def __str__(self) -> str:
        return f"the CSMS stops the transaction at EVSE {self.evse}"


class Unlock(Event, frozen=True, kw_only=True):
    evse: int
    connector: int

    def __str__(self) -> str:
        return f"the CSMS unlocks {_connector(self)}"


class Availability(Event, frozen=True, kw_only=True):
    """The CSMS takes an EVSE (0: the station) out of operation, and back after so many seconds."""

    evse: int
    seconds: float

    def __str__(self) -> str:
        return f"the CSMS makes {_evse(self.evse)} Inoperative for {self.seconds:g} s"


class Reset(Event, frozen=True, kw_only=True):
    immediate: bool

    def __str__(self) -> str:
        return f"the CSMS resets the station, {'immediately' if self.immediate else 'when it is idle'}"


class Reserve(Event, frozen=True, kw_only=True):
    evse: int
    token: str
    seconds: float

    def __str__(self) -> str:
        return f"the CSMS reserves EVSE {self.evse} for token {self.token} for {self.seconds:g} s"


class Period(msgspec.Struct, frozen=True, kw_only=True):
    start: int
    limit: float
    phases: int | None = None


class SetProfile(Event, frozen=True, kw_only=True):
    """`evse` 0: for the whole station, or for every EVSE. `duration`: of an absolute schedule; 0: without an end."""

    evse: int
    id: int
    stack_level: int
    purpose: Purpose
    unit: Unit
    periods: tuple[Period, ...]
    relative: bool = False
    duration: int = 0

    def __str__(self) -> str:
        periods = ", ".join(
            f"{each.limit:g} {self.unit}{f' on {each.phases}' if each.phases else ''} from {each.start} s"
            for each in self.periods
        )
        how = "relative" if self.relative else "absolute"
        lasts = f" for {self.duration} s" if self.duration else ""
        return (
            f"the CSMS sets profile {self.id} for {_evse(self.evse)}: {self.purpose}, level {self.stack_level},"
            f" {how}{lasts}: {periods}"
        )


class ClearProfiles(Event, frozen=True, kw_only=True):
    """One profile, or all (0)."""

    id: int = 0

    def __str__(self) -> str:
        return f"the CSMS clears {f'profile {self.id}' if self.id else 'all charging profiles'}"


class Trigger(Event, frozen=True, kw_only=True):
    message: str
    evse: int

    def __str__(self) -> str:
        return f"the CSMS triggers {self.message} of {_evse(self.evse)}"


class SendList(Event, frozen=True, kw_only=True):
    """The CSMS replaces the local authorization list by its tokens, with their present status."""

    tokens: tuple[str, ...]

    def __str__(self) -> str:
        return f"the CSMS sends a local list with {', '.join(self.tokens) or 'no tokens'}"


class OtherRequest(Event, frozen=True, kw_only=True):
    """A request without a choice."""

    action: Literal["ClearCache", "GetLocalListVersion", "DataTransfer", "unknown action", "no JSON"]

    def __str__(self) -> str:
        return f"the CSMS sends {self.action}"


AnyEvent: TypeAlias = (
    PlugIn
    | Unplug
    | PresentToken
    | Park
    | EvSuspends
    | EvFull
    | ConnectorFault
    | LockJammed
    | MeterFault
    | MeterFailure
    | ExternalLimit
    | PowerCut
    | DiskFull
    | NetworkDown
    | NetworkSilent
    | NetworkSlow
    | ConnectionCut
    | CsmsDown
    | WrongAnswers
    | AnswersSlow
    | BootAnswers
    | ClockStep
    | TokenStatus
    | RemoteStart
    | RemoteStop
    | Unlock
    | Availability
    | Reset
    | Reserve
    | SetProfile
    | ClearProfiles
    | Trigger
    | SendList
    | OtherRequest
    | SetMonitor
    | ShowMessage
    | ClearMessage
    | UploadLog
    | UpdateFirmware
)


def _connector(event: PlugIn | Unplug | ConnectorFault | LockJammed | Unlock) -> str:
    return f"connector {event.connector} of EVSE {event.evse}"


def _evse(evse: int) -> str:
    return f"EVSE {evse}" if evse else "the station"
