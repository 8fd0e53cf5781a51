"""A client of the control API of a station that runs in another process (`plugfest station --control`)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import Signature, getdoc, signature
from types import TracebackType
from typing import Final, Self, TypeAlias, TypeVar

import httpx
import msgspec

from plugfest.api.errors import ControlFailed
from plugfest.ocpp.message import JsonValue
from plugfest.station.blocks.p_data_transfer.outgoing import VendorAnswer
from plugfest.station.control.frames import FrameKind
from plugfest.station.control.http_api.answers import DroppedFrames, Frame, FrameList, Problem
from plugfest.station.control.http_api.queries import DEFAULT_FRAMES, DEFAULT_WITHIN
from plugfest.station.control.operations import BY_NAME
from plugfest.station.control.states import StationState

TIMEOUT: Final = 60.0
"""Seconds for an answer: a DataTransfer waits for the CSMS. An event stream is never silent for so long."""

A = TypeVar("A", bound=msgspec.Struct)
T = TypeVar("T")

ControlEvent: TypeAlias = Frame | StationState | DroppedFrames

_EVENTS: Final[Mapping[str, type[ControlEvent]]] = {
    "frame": Frame,
    "state": StationState,
    "dropped": DroppedFrames,
}
_NOT_JSON: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def _method(name: str, answer: type[A]) -> Callable[..., A]:
    """A method for an operation. Its parameters are the fields of the body."""
    operation = BY_NAME[name]

    def method(self: "ControlClient", *arguments: object, **named: object) -> A:
        return self.post(name, operation.body(*arguments, **named), answer)

    own, *_ = signature(method).parameters.values()
    parameters = signature(operation.body).parameters.values()
    method.__name__ = name
    method.__qualname__ = f"ControlClient.{name}"
    method.__doc__ = f"{operation.summary}.\n\n{getdoc(operation.body)}"
    method.__signature__ = Signature([own, *parameters], return_annotation=answer)  # type: ignore[attr-defined]
    return method


class ControlClient:
    """The station at the address that `plugfest station` prints. `token`: for another computer.

    Each operation of the control API is a method with the same arguments, by position or by name:
    ``station.plug_in(1, 1)``, ``station.fault_on(evse_id=1, connector_id=1, error_code="GroundFailure")``. It returns
    the state of the station afterwards, `data_transfer` the answer of the CSMS.

    Everything raises ControlFailed, with the reason in one line.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        # The station is on this computer or near: no proxy of the environment.
        self._client = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    plug_in = _method("plug_in", StationState)
    plug_out = _method("plug_out", StationState)
    present_token = _method("present_token", StationState)
    press_start_button = _method("press_start_button", StationState)
    choose = _method("choose", StationState)
    park = _method("park", StationState)
    leave = _method("leave", StationState)
    ev_suspend = _method("ev_suspend", StationState)
    ev_resume = _method("ev_resume", StationState)
    ev_state_of_charge = _method("ev_state_of_charge", StationState)
    ev_configure = _method("ev_configure", StationState)
    ev_prepare = _method("ev_prepare", StationState)
    ev_ordinary = _method("ev_ordinary", StationState)
    ev_renegotiate = _method("ev_renegotiate", StationState)
    ev_stop = _method("ev_stop", StationState)
    fault_on = _method("fault_on", StationState)
    fault_off = _method("fault_off", StationState)
    lock_jammed = _method("lock_jammed", StationState)
    lock_mended = _method("lock_mended", StationState)
    set_measured_value = _method("set_measured_value", StationState)
    external_limit = _method("external_limit", StationState)
    customer_storage = _method("customer_storage", StationState)
    log_storage = _method("log_storage", StationState)
    store_customer = _method("store_customer", StationState)
    data_transfer = _method("data_transfer", VendorAnswer)
    set_clock = _method("set_clock", StationState)
    power_off = _method("power_off", StationState)
    power_on = _method("power_on", StationState)
    network_off = _method("network_off", StationState)
    network_on = _method("network_on", StationState)
    reconnect = _method("reconnect", StationState)

    def call(self, operation: str, **arguments: JsonValue) -> StationState | VendorAnswer:
        """An operation by its name."""
        if operation in BY_NAME and BY_NAME[operation].answer is VendorAnswer:
            return self.post(operation, arguments, VendorAnswer)
        return self.post(operation, arguments, StationState)

    def state(self) -> StationState:
        """The state of the station."""
        return self._get("state", StationState)

    def display(self) -> list[str]:
        """What can be read on the display, from top to bottom."""
        return self._get("display", list[str])

    def wait(self, *, within: float = DEFAULT_WITHIN, **condition: JsonValue) -> StationState:
        """Wait so many seconds until the condition holds, and return the state then.

        Its fields are those of ``GET /wait``, for example ``charging_state="Charging", evse_id=1``.
        """
        return self._get("wait", StationState, within, within=within, **condition)

    def wait_for_message(
        self,
        message: str,
        *,
        within: float = DEFAULT_WITHIN,
        sent: bool | None = None,
        kind: FrameKind = "call",
        after: int | None = None,
        **fields: JsonValue,
    ) -> Frame:
        """Wait so many seconds for a message of this action, with these fields in its payload, and return it.

        `sent`: by the station (True), by the CSMS (False), by either (None). Messages since the last operation count,
        each once; with `after`, those with a higher number.
        """
        return self._get(
            "wait", Frame, within, message=message, within=within, sent=sent, kind=kind, after=after, contains=fields
        )

    def frames(
        self,
        *,
        after: int | None = None,
        action: str | None = None,
        sent: bool | None = None,
        kind: FrameKind | None = None,
        limit: int = DEFAULT_FRAMES,
    ) -> FrameList:
        """The newest frames, or with `after` the first ones with a higher number."""
        return self._get("frames", FrameList, after=after, action=action, sent=sent, kind=kind, limit=limit)

    def events(self, after: int | None = None) -> Iterator[ControlEvent]:
        """Frames and states as they come, at first the present state. `after`: from the frame behind this one on.

        It ends when the station ends.
        """
        query = {} if after is None else {"after": after}
        with _as_control_failed(), self._client.stream("GET", "/events", params=query) as answer:
            if not answer.is_success:
                answer.read()
            _check(answer)
            for name, data in _events(answer.iter_bytes()):
                if name in _EVENTS:
                    yield msgspec.json.decode(data, type=_EVENTS[name])

    def post(self, path: str, body: object, answer: type[T]) -> T:
        """A POST of an object."""
        content, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
        with _as_control_failed():
            return _decoded(self._client.post(f"/{path}", content=content, headers=headers), answer)

    def _get(self, path: str, answer: type[T], seconds: float = 0.0, /, **query: JsonValue) -> T:
        """`seconds`: how long the station may wait."""
        given = {name: _text(value) for name, value in query.items() if value is not None}
        with _as_control_failed():
            return _decoded(self._client.get(f"/{path}", params=given, timeout=seconds + TIMEOUT), answer)


@contextmanager
def _as_control_failed() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ControlFailed(f"the station cannot be reached: {str(error) or type(error).__name__}") from None
    except _NOT_JSON as error:
        raise ControlFailed(f"the answer is not one of a control API: {error}") from None


def _decoded(answer: httpx.Response, kind: type[T]) -> T:
    _check(answer)
    return msgspec.json.decode(answer.content, type=kind)


def _check(answer: httpx.Response) -> None:
    """Raises ControlFailed if the answer is an error."""
    if answer.is_success:
        return
    try:
        reason = msgspec.json.decode(answer.content, type=Problem).error
    except _NOT_JSON:
        reason = " ".join(answer.text.split()) or answer.reason_phrase
    raise ControlFailed(reason, answer.status_code)


def _text(value: JsonValue) -> str:
    """A value in a query."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _events(parts: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """The names and the data of server-sent events.

    httpx would split the lines also at characters that may be in JSON, such as U+2028.
    """
    received = b""
    for part in parts:
        *blocks, received = (received + part).split(b"\n\n")
        for block in blocks:
            fields = dict[bytes, bytes](_field(line) for line in block.split(b"\n"))
            yield fields.get(b"event", b"").decode(), fields.get(b"data", b"")


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b": ")
    return name, value
