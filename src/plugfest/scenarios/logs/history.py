"""What people, EVs, the mains and the network did, from the frames of a station. The messages themselves are not kept.

Where the frames leave a choice, the simplest one is taken; `remarks` name what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from plugfest.ocpp.frames import Call, CallResult
from plugfest.scenarios.logs.offline import Delays, Outage, outages
from plugfest.scenarios.logs.reading import LoggedFrame

_USED_WITHIN: Final = timedelta(minutes=3)
"""From the Authorize for a token until it starts or stops a transaction."""
_REMOTE_WITHIN: Final = timedelta(minutes=3)
"""From a request of the CSMS to start with a token until the station uses it."""
_RESET_WITHIN: Final = timedelta(minutes=10)
"""From a request of the CSMS that restarts the station until it boots."""
_SAME_UNPLUGGING: Final = timedelta(seconds=5)
"""Between both ends of a cable that a driver takes away."""
_BOOT: Final = timedelta(seconds=2)
"""From power on to the BootNotification."""

_NUMBERS: Final = range(1, 10_000)

_NOT_OF_PEOPLE: Final = frozenset({"Central", "eMAID"})
"""Types of tokens that no reader reads: of the CSMS, and of a contract."""

_UNPLUGGED_STATUS: Final = "Available"
_PLUGGED_STATUSES: Final = frozenset({"Occupied", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing"})

_Payload = dict[str, Any]
_Connector = tuple[int, int]


class Action(msgspec.Struct, kw_only=True):
    """An operation at the station, and when."""

    at: datetime
    operation: str
    arguments: dict[str, str | int] = {}


class History(msgspec.Struct, kw_only=True):
    """`begin`: the time of the first frame. `actions` in the order of their times."""

    begin: datetime
    actions: list[Action]
    remarks: list[str]


def history_of(frames: Iterable[LoggedFrame]) -> History:
    """What happened at the station."""
    logged = list(frames)
    reader = _Reader(Delays(logged))
    for each in logged:
        reader.read(each)
    actions = [*reader.actions, *reader.outage_actions()]
    return History(
        begin=logged[0].at,
        actions=sorted(actions, key=lambda action: action.at),
        remarks=list(dict.fromkeys(reader.remarks)),
    )


class _Reader:
    """Reads the frames in their order, and remembers what is plugged in, who is authorized and what was asked."""

    def __init__(self, delays: Delays) -> None:
        self.actions: list[Action] = []
        self.remarks: list[str] = []
        self._delays = delays
        self._plugged: dict[_Connector, Action] = {}
        self._faulted: set[_Connector] = set()
        self._suspended: set[int] = set()
        self._charging: set[int] = set()
        self._half_unplugged: dict[_Connector, Action] = {}
        """The cables whose EV end was unplugged."""
        self._pending: dict[str, Action] = {}
        """Tokens that were presented, at an EVSE that is not known yet."""
        self._remote: dict[str, datetime] = {}
        """Tokens with which the CSMS asked to start."""
        self._requests: dict[str, _Payload] = {}
        """StartTransaction without an answer, by message id."""
        self._transactions: dict[str, _Connector] = {}
        self._tokens: dict[str, str] = {}
        """The idTag of each transaction of OCPP 1.6."""
        self._started_nowhere: dict[str, Action] = {}
        """The tokens of transactions that started before their EVSE was known."""
        self._restart_asked: datetime | None = None
        self._before: datetime | None = None
        """The time of the frame before."""
        self._boots: list[datetime] = []

    def read(self, logged: LoggedFrame) -> None:
        match logged.frame:
            case Call(action=action, message_id=message_id):
                payload = logged.payload
                if action == "StartTransaction":
                    self._requests[message_id] = payload
                handler = _HANDLERS.get(action)
                if handler is not None:
                    handler(self, payload, self._delays.happened_at(logged))
            case CallResult(message_id=message_id) if message_id in self._requests:
                self._started(self._requests.pop(message_id), str(logged.payload.get("transactionId")))
        self._before = logged.at

    def outage_actions(self) -> Iterator[Action]:
        """The times without network, which delayed messages show; those after a boot were without power."""
        for begin, end in outages(self._delays.delayed):
            if not any(Outage(begin, end).covers(boot) for boot in self._boots):
                yield Action(at=begin, operation="network_off")
                yield Action(at=end, operation="network_on")

    # Cables

    def _plug_in(self, connector: _Connector, at: datetime) -> None:
        if connector not in self._plugged:
            self._half_unplugged.pop(connector, None)
            action = self._add(at, "plug_in", evse_id=connector[0], connector_id=connector[1])
            self._plugged[connector] = action
        elif at < self._plugged[connector].at:
            self._plugged[connector].at = at  # an event that was kept shows that it was earlier

    def _unplug(self, connector: _Connector, at: datetime, side: str = "both") -> None:
        half = self._half_unplugged.pop(connector, None)
        if half is not None and at - half.at <= _SAME_UNPLUGGING:
            half.arguments.pop("side", None)  # the other end of it
        elif connector in self._plugged:
            arguments: dict[str, str | int] = {} if side == "both" else {"side": side}
            action = self._add(at, "plug_out", evse_id=connector[0], connector_id=connector[1], **arguments)
            if side != "both":
                self._half_unplugged[connector] = action
        self._plugged.pop(connector, None)
        self._suspended.discard(connector[0])
        self._charging.discard(connector[0])

    def status(self, payload: _Payload, at: datetime) -> None:
        connector = _connector(payload)
        if connector[0] == 0:
            return
        status = _text(payload, "connectorStatus") or _text(payload, "status")
        self._fault(connector, at, faulted=status == "Faulted")
        if status in _PLUGGED_STATUSES or (status == "Preparing" and not self._is_awaited(at)):
            self._plug_in(connector, at)  # OCPP 1.6: Preparing is also a token without a cable
        elif status == _UNPLUGGED_STATUS:
            self._unplug(connector, at)
        self._flow(connector[0], status, at)

    def _is_awaited(self, at: datetime) -> bool:
        """Whether a driver who has presented a token may be about to plug in."""
        return any(at - each.at <= _USED_WITHIN for each in self._pending.values())

    def _fault(self, connector: _Connector, at: datetime, *, faulted: bool) -> None:
        if faulted is (connector not in self._faulted):
            (self._faulted.add if faulted else self._faulted.discard)(connector)
            name = "fault_on" if faulted else "fault_off"
            self._add(at, name, evse_id=connector[0], connector_id=connector[1])

    def _flow(self, evse_id: int, state: str, at: datetime) -> None:
        """A charging state, or a status of OCPP 1.6 with the same name."""
        if state == "SuspendedEV" and evse_id in self._charging and evse_id not in self._suspended:
            self._suspended.add(evse_id)
            self._add(at, "ev_suspend", evse_id=evse_id)
        elif state == "Charging":
            self._charging.add(evse_id)
            if evse_id in self._suspended:
                self._suspended.discard(evse_id)
                self._add(at, "ev_resume", evse_id=evse_id)

    # Tokens

    def authorize(self, payload: _Payload, at: datetime) -> None:
        token, kind = _token(payload)
        if not token or self._is_remote(token, at) or kind in _NOT_OF_PEOPLE:
            return
        self._pending[token] = self._present(token, kind, None, at)

    def _used(self, token: str, kind: str, evse_id: int | None, at: datetime) -> Action | None:
        """A token that starts or stops a transaction. It was presented now, unless there was an Authorize for it."""
        presented = self._pending.pop(token, None)
        if presented is not None and at - presented.at <= _USED_WITHIN:
            if evse_id is not None:
                presented.arguments["evse_id"] = evse_id
            return presented
        if kind == "NoAuthorization":
            return None if evse_id is None else self._add(at, "press_start_button", evse_id=evse_id)
        if kind in _NOT_OF_PEOPLE:
            self.remarks.append(
                f"{at:%H:%M:%S}: a token of type {kind} was used: the CSMS or the EV has to do it again"
            )
            return None
        return self._present(token, kind, evse_id, at) if token and not self._is_remote(token, at) else None

    def _present(self, token: str, kind: str, evse_id: int | None, at: datetime) -> Action:
        arguments: dict[str, str | int] = {"id_token": token}
        if kind != "ISO14443":
            arguments["type"] = kind
        if evse_id is not None:
            arguments["evse_id"] = evse_id
        return self._add(at, "present_token", **arguments)

    def remote_start(self, payload: _Payload, at: datetime) -> None:
        token, _ = _token(payload)
        self._remote[token] = at
        self.remarks.append(f"{at:%H:%M:%S}: the CSMS started a transaction for {token}: it has to do it again")

    def remote_stop(self, _: _Payload, at: datetime) -> None:
        self.remarks.append(f"{at:%H:%M:%S}: the CSMS stopped a transaction: it has to do it again")

    def _is_remote(self, token: str, at: datetime) -> bool:
        asked = self._remote.get(token)
        return asked is not None and at - asked <= _REMOTE_WITHIN

    # Transactions

    def start_transaction(self, payload: _Payload, at: datetime) -> None:
        """OCPP 1.6: the cable is plugged in, and the token was presented."""
        connector = _connector(payload)
        token, kind = _token(payload)
        self._used(token, kind, connector[0] or None, at)
        if connector[0]:
            self._plug_in(connector, at)

    def _started(self, request: _Payload, transaction_id: str) -> None:
        self._transactions[transaction_id] = _connector(request)
        self._tokens[transaction_id] = _token(request)[0]

    def stop_transaction(self, payload: _Payload, at: datetime) -> None:
        transaction_id, reason = str(payload.get("transactionId")), _text(payload, "reason") or "Local"
        connector = self._transactions.get(transaction_id)
        token = _token(payload)[0]
        if reason == "Local" and token:
            self._used(token, "ISO14443", connector and (connector[0] or None), at)
        elif reason == "EVDisconnected" and connector is not None:
            self._unplug(connector, at, "ev")
        elif reason in ("Local", "EmergencyStop", "Other"):
            self.remarks.append(f"{at:%H:%M:%S}: a transaction ended by {reason}, without a token: not repeated")

    def transaction_event(self, payload: _Payload, at: datetime) -> None:
        info = _object(payload, "transactionInfo")
        transaction_id, trigger = _text(info, "transactionId"), _text(payload, "triggerReason")
        if payload.get("evse"):
            self._transactions[transaction_id] = _connector(payload)
            if transaction_id in self._started_nowhere:
                self._started_nowhere.pop(transaction_id).arguments["evse_id"] = _connector(payload)[0]
        connector = self._transactions.get(transaction_id)
        token, kind = _token(payload)
        if trigger in ("Authorized", "StopAuthorized") or token in self._pending:
            used = self._used(token, kind, connector and (connector[0] or None), at)
            if connector is None and used is not None:
                self._started_nowhere[transaction_id] = used
        if connector is None or not connector[0]:
            return
        if trigger == "CablePluggedIn":
            self._plug_in(connector, at)
        elif trigger == "EVCommunicationLost":
            self._unplug(connector, at, "ev")
        elif trigger in _BAY_OPERATIONS:
            self._add(at, _BAY_OPERATIONS[trigger], evse_id=connector[0])
        self._flow(connector[0], _text(info, "chargingState"), at)

    # Restarts

    def restart_asked(self, _: _Payload, at: datetime) -> None:
        self._restart_asked = at

    def boot(self, payload: _Payload, at: datetime) -> None:
        begin, asked = self._before, self._restart_asked
        reason = _text(payload, "reason") or "PowerUp"
        was_asked = asked is not None and at - asked <= _RESET_WITHIN
        if begin is None:
            return  # the log begins with it
        if reason != "PowerUp" or was_asked:
            why = "asked by the CSMS" if was_asked else f"reason {reason}"
            self.remarks.append(f"{at:%H:%M:%S}: the station restarted, {why}: not repeated")
            return
        self._boots.append(at)
        self._pending.clear()
        off = min((each for each, logged in self._delays.delayed if logged >= at), default=begin)
        off = min(max(off, begin), at)
        self._add(off, "power_off")
        self._add(max(off, at - _BOOT), "power_on")

    def _add(self, at: datetime, operation: str, **arguments: str | int) -> Action:
        action = Action(at=at, operation=operation, arguments=arguments)
        self.actions.append(action)
        return action


_BAY_OPERATIONS: Final = {"EVDetected": "park", "EVDeparted": "leave"}

_HANDLERS: Final[Mapping[str, Callable[[_Reader, _Payload, datetime], None]]] = {
    "Authorize": _Reader.authorize,
    "BootNotification": _Reader.boot,
    "RemoteStartTransaction": _Reader.remote_start,
    "RequestStartTransaction": _Reader.remote_start,
    "RemoteStopTransaction": _Reader.remote_stop,
    "RequestStopTransaction": _Reader.remote_stop,
    "Reset": _Reader.restart_asked,
    "StartTransaction": _Reader.start_transaction,
    "StatusNotification": _Reader.status,
    "StopTransaction": _Reader.stop_transaction,
    "TransactionEvent": _Reader.transaction_event,
    "UpdateFirmware": _Reader.restart_asked,
    "SignedUpdateFirmware": _Reader.restart_asked,
}
"""By action: an action shows who sent the request."""


def _connector(payload: _Payload) -> _Connector:
    """EVSE and connector of a message. In OCPP 1.6 each connector has an EVSE of its own."""
    if "evse" in payload:
        evse = _object(payload, "evse")
        return _number(evse.get("id")), _number(evse.get("connectorId", 1))
    if "evseId" in payload:
        return _number(payload["evseId"]), _number(payload.get("connectorId", 1))
    return _number(payload.get("connectorId")), 1


def _object(payload: _Payload, name: str) -> _Payload:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _text(payload: _Payload, name: str) -> str:
    value = payload.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> int:
    """The number of an EVSE or a connector; 0 if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _NUMBERS else 0


def _token(payload: _Payload) -> tuple[str, str]:
    """The token of a message, and its type."""
    token = _object(payload, "idToken")
    if token:
        return _text(token, "idToken"), _text(token, "type") or "ISO14443"
    return _text(payload, "idTag"), "ISO14443"
