"""A CSMS in memory. It answers as a CSMS may, and with the faults that an event has given it."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from plugfest.clock import utc_now
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import CallReceived
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.ocpp.versions import Protocol
from plugfest.rig.simulation.environment.dialects import (
    ANSWERS,
    COMMANDS,
    SIMPLE,
    TOKENS,
    Json,
    boot_answer,
    stop_command,
)
from plugfest.rig.simulation.environment.network import MemoryWebSocket
from plugfest.rig.simulation.worlds import events as e

INTERVAL: Final = 300
"""Seconds between two Heartbeats."""


class Faults:
    """How the CSMS misbehaves. Counts are of the next answers."""

    def __init__(self) -> None:
        self.lost = self.doubled = self.errors = self.invalid = 0
        self.delay = 0.0
        self.boots: list[tuple[str, int]] = []
        """Status and interval of the next answers to BootNotification."""

    def take(self, name: str) -> bool:
        """Whether the next answer has this fault."""
        left: int = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return left > 0


class SimulatedCsms:
    """One CSMS for one station, through all its connections."""

    def __init__(self, protocol: Protocol, new_id: Callable[[], str], file_scheme: str) -> None:
        self.protocol = protocol
        self.faults = Faults()
        self.tokens = dict(TOKENS)
        self.transactions: dict[int, str] = {}
        self.ongoing: set[str] = set()
        """The transactions that have not ended, also those whose EVSE the CSMS does not know."""
        self.ahead = timedelta(0)
        self.requests: dict[str, e.AnyEvent] = {}
        """The events by the message ids of the requests that were sent for them."""
        self.file_scheme = file_scheme
        self._new_id = new_id
        self._numbers = itertools.count(1)
        self._transaction_numbers: dict[str, int] = {}
        self._ids: dict[str, int] = {}
        self._connection: CsmsConnection | None = None

    # dialects.CsmsState

    def now(self) -> datetime:
        return utc_now() + self.ahead

    def number(self) -> int:
        return next(self._numbers)

    def transaction_number(self, request: Json) -> int:
        key = msgspec.json.encode(request).decode()
        return self._transaction_numbers.setdefault(key, len(self._transaction_numbers) + 1)

    # The connection

    def accept(self, websocket: MemoryWebSocket) -> "CsmsConnection":
        """A new connection. The one before, if its end was not noticed, is over."""
        self._connection = CsmsConnection(self, websocket)
        return self._connection

    def new_rpc(self) -> RpcEndpoint:
        return RpcEndpoint(self.protocol, new_message_id=self._new_id)

    def drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def send(self, event: e.AnyEvent) -> None:
        """Send the request that the event stands for, if the station is connected."""
        command = COMMANDS[self.protocol.name](self, event)
        if command is not None:
            self.request(*command, event)

    def request(self, action: str, payload: Json, event: e.AnyEvent) -> None:
        if self._connection is not None:
            self._connection.request(action, payload, event)

    def stop_all(self) -> None:
        """Stop every transaction."""
        for transaction in sorted(self.ongoing):
            command = stop_command(self.protocol.name, transaction)
            self.request(*command, e.RemoteStop(at=0, evse=0))

    def send_simple(self, event: e.OtherRequest) -> None:
        if event.action in SIMPLE:
            self.request(event.action, dict(SIMPLE[event.action]), event)
        elif self._connection is not None:
            invalid = {"unknown action": f'[2,"{self._new_id()}","Explode",{{}}]', "no JSON": "[2,"}
            self._connection.write(invalid[event.action])

    # Requests of the station

    def answer(self, action: str, payload: Json) -> Json:
        """The answer to a request."""
        if action == "BootNotification":
            return boot_answer(self, *(self.faults.boots.pop(0) if self.faults.boots else ("Accepted", INTERVAL)))
        build = ANSWERS[self.protocol.name].get(action)
        answer = {} if build is None else build(self, payload)
        self._note_transaction(action, payload, answer)
        return answer

    def _note_transaction(self, action: str, request: Json, answer: Json) -> None:
        """Remember which transaction is ongoing at which EVSE."""
        if action == "TransactionEvent":
            info, evse = request["transactionInfo"], request.get("evse")
            assert isinstance(info, dict)
            transaction = str(info["transactionId"])
            self.ongoing.add(transaction)
            if request["eventType"] == "Ended":
                self._forget(transaction)
            elif isinstance(evse, dict):
                self.transactions[int(evse["id"])] = transaction
        elif action == "StartTransaction":
            self.transactions[int(str(request["connectorId"]))] = str(answer["transactionId"])
            self.ongoing.add(str(answer["transactionId"]))
        elif action == "StopTransaction":
            self._forget(str(request["transactionId"]))

    def _forget(self, transaction: str) -> None:
        self.ongoing.discard(transaction)
        for evse in [evse for evse, known in self.transactions.items() if known == transaction]:
            del self.transactions[evse]


class CsmsConnection:
    """The CSMS's end of one connection (`network.FarEnd`)."""

    def __init__(self, csms: SimulatedCsms, websocket: MemoryWebSocket) -> None:
        self._csms = csms
        self._websocket = websocket
        self._rpc = csms.new_rpc()
        self._loop = asyncio.get_running_loop()
        self._open = True

    def receive(self, text: str) -> None:
        for event in self._rpc.receive(text, self._loop.time()):
            if isinstance(event, CallReceived):
                self._answer(event)
        self._flush()

    def lost(self) -> None:
        self._open = False

    def close(self) -> None:
        """Drop the TCP connection."""
        if self._open:
            self._open = False
            self._websocket.close_by_far_end()

    def request(self, action: str, payload: Json, event: e.AnyEvent) -> None:
        """Send a request, as soon as the one before is answered."""
        request_type = self._csms.protocol.requests[action]
        self._rpc.tick(self._loop.time())
        message_id = self._rpc.call(msgspec.convert(payload, request_type), self._loop.time())
        self._csms.requests[message_id] = event
        self._flush()

    def write(self, text: str) -> None:
        if self._open:
            self._websocket.deliver_later(text)

    def _answer(self, call: CallReceived) -> None:
        faults = self._csms.faults
        if faults.take("errors"):
            self._rpc.refuse(call.message_id, ErrorCode.InternalError, now=self._loop.time())
            return
        payload = msgspec.json.decode(call.text, type=tuple[int, str, str, Json])[3]
        response = msgspec.convert(self._csms.answer(call.action, payload), call.request.response_type)
        self._rpc.reply(call.message_id, response, self._loop.time())
        texts = self._rpc.to_send()
        if faults.take("invalid"):
            texts = [f'[3,"{call.message_id}",[]]']
        if faults.take("lost"):
            texts = []
        copies = 2 if faults.take("doubled") else 1
        for text in texts * copies:
            self._loop.call_later(faults.delay, self.write, text) if faults.delay else self.write(text)

    def _flush(self) -> None:
        for text in self._rpc.to_send():
            self.write(text)
