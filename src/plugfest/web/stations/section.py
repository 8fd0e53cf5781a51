"""The pages of virtual stations and what they do."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.api.errors import UnusableSettings
from plugfest.changes import Signal
from plugfest.hardware.ports import FaultCode
from plugfest.http_server.live_events import Changes, LiveEvent, Rendered, stream
from plugfest.http_server.streams import Streams
from plugfest.products import product_names
from plugfest.station.control.commands import ControlError, LockedError
from plugfest.station.control.operations import BY_NAME, Operation
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.provisioning import ProvisioningError, Settings
from plugfest.station.storage.store import StoreError
from plugfest.web.forms import read_form
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.own_files import OwnFiles
from plugfest.web.pages import page
from plugfest.web.stations import forms, views
from plugfest.web.stations.forms import FormError
from plugfest.web.stations.misbehaviours import misbehaviour_list
from plugfest.web.stations.operating import arguments
from plugfest.web.stations.running import RunningStation
from plugfest.web.stations.traffic import formatted
from plugfest.web.stations.variables import variable_rows
from plugfest.web.stations.views import RememberedToken

PATH: Final = "/stations"
MAX_TOKENS: Final = 8
"""The number of tokens that are remembered."""

_DEFAULTS: Final = {"csms_url": "ws://localhost:9000", "identity": "CS001", "count": "1", "store": "memory"}

Handler = Callable[[RunningStation, Request], Awaitable[Response]]


class Stations:
    """The stations of the server, and their pages."""

    def __init__(self, data_folder: Path) -> None:
        self._data_folder = data_folder
        self._own = OwnFiles(data_folder)
        self._stations: dict[int, RunningStation] = {}
        self._newest = 0
        self._tokens: deque[RememberedToken] = deque(maxlen=MAX_TOKENS)
        self._signal = Signal()
        self._streams = Streams()
        self._rendered: dict[int, Rendered] = {}
        self._rendered_panels = Rendered(self._panel_parts, self._signal)
        self._ended = False

    def routes(self) -> Sequence[BaseRoute]:
        """The pages, their streams, and what their buttons post."""
        at = f"{PATH}/{{number:int}}"
        posts: dict[str, Handler] = {
            "connect": self._connect,
            "token": self._present_token,
            "stop-charging": self._stop_charging,
            "do/{operation}": self._operate,
            "measured": self._set_measured_value,
            "misbehave": self._misbehave,
            "behave": self._behave,
            "start": self._start_again,
            "stop": self._stop,
            "remove": self._remove,
        }
        return [
            Route(PATH, self._list),
            Route(PATH, self._start, methods=["POST"]),
            Route(f"{PATH}/live", self._list_live),
            Route(f"{PATH}/misbehaviours", self._misbehaviours),
            Route(at, self._of_station(self._page)),
            Route(f"{at}/live", self._of_station(self._live)),
            Route(f"{at}/variables", self._of_station(self._variables)),
            Route(f"{at}/misbehaviours", self._of_station(self._misbehaviours_of)),
            Route(f"{at}/frames", self._of_station(self._frames)),
            Route(f"{at}/frames/{{frame:int}}", self._of_station(self._frame)),
            *(Route(f"{at}/{path}", self._of_station(each), methods=["POST"]) for path, each in posts.items()),
        ]

    async def prepare(self, idle: IdleDetector) -> None:
        """Nothing takes long."""

    async def close(self) -> None:
        """Shut down all stations."""
        self._ended = True
        await asyncio.gather(*(station.stop() for station in self._stations.values()))
        self._signal.notify()

    def _of_station(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            station = self._stations.get(request.path_params["number"])
            if station is None:
                raise HTTPException(HTTPStatus.NOT_FOUND.value)
            return await handler(station, request)

        return handle

    # All stations.

    async def _list(self, _: Request) -> Response:
        return self._list_page(self._first_values(), {})

    def _list_page(self, values: Mapping[str, str], problems: Mapping[str, str]) -> Response:
        return page(
            "stations/stations.html",
            current=PATH,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
            panels=self._panels(),
            any_station=bool(self._stations),
            products=product_names(),
            own_products=self._own.names(),
            values=values,
            problems=problems,
        )

    def _panels(self) -> str:
        parts = {station: dict(views.panel_parts(station, self._tokens)) for station in self._stations.values()}
        return views.part("stations/panels.html", parts=parts)

    def _first_values(self) -> dict[str, str]:
        """What the form has at first: the last station again, with the next identity."""
        last = self._stations.get(max(self._stations, default=0))
        if last is None:
            return {**_DEFAULTS, "product": product_names()[0]}
        return {
            **_DEFAULTS,
            "product": last.product.slug,
            "csms_url": last.settings.csms_url,
            "identity": forms.following(last.settings.identity, 1),
            "roots": "\n".join(last.settings.csms_roots),
        }

    async def _start(self, request: Request) -> Response:
        values = (await read_form(request)).last_values()
        try:
            started = await self._start_all(forms.station_request(values, self._own, self._data_folder))
        except FormError as error:
            return self._list_page(values, error.problems)
        return _see(PATH if len(started) > 1 else f"{PATH}/{started[0].number}")

    async def _start_all(self, request: forms.StationRequest) -> list[RunningStation]:
        """Raises FormError."""
        started = []
        for settings, file in request.stations:
            station = self._new_station(request, settings, file)
            await _start_or_explain(station)
            self._newest += 1
            self._stations[station.number] = station
            self._rendered[station.number] = Rendered(
                partial(views.station_parts, station, self._tokens), station.signal
            )
            started.append(station)
            await asyncio.sleep(0)  # others have their turn: fifty stations take a second
        return started

    def _new_station(self, request: forms.StationRequest, settings: Settings, file: Path | str) -> RunningStation:
        """Raises FormError."""
        number, changed = self._newest + 1, self._signal.notify
        try:
            return RunningStation(number, request.product, settings, file, changed, request.misbehave, request.seed)
        except UnusableSettings as error:
            raise FormError(misbehave=str(error)) from None

    async def _misbehaviours(self, request: Request) -> Response:
        return await misbehaviour_list(request, PATH)

    async def _list_live(self, _: Request) -> Response:
        changes, listed = Changes(), list(self._stations)

        def look() -> Iterable[LiveEvent] | None:
            if self._ended:
                return None
            if listed != list(self._stations):
                listed[:] = list(self._stations)
                return [LiveEvent("stations", self._panels())]
            return changes.of(self._rendered_panels.parts())

        return self._streams.response(stream(look, self._signal))

    def _panel_parts(self) -> Iterable[tuple[str, str]]:
        return (part for each in self._stations.values() for part in views.panel_parts(each, self._tokens))

    # One station.

    async def _page(self, station: RunningStation, _: Request) -> Response:
        return self._station_page(station, _connection_values(station), {})

    def _station_page(
        self, station: RunningStation, values: Mapping[str, str], problems: Mapping[str, str]
    ) -> Response:
        parts = dict(views.station_parts(station, self._tokens))
        return page(
            "stations/station.html",
            current=PATH,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
            station=station,
            parts=parts,
            frames=views.part("stations/frames.html", station=station, frames=station.traffic.after(0)),
            token_types=views.token_types(station),
            measurable=views.measurable(station),
            fault_codes=list(FaultCode),
            communicates=has_capability(station.product, Capability.HIGH_LEVEL_COMMUNICATION),
            values=values,
            problems=problems,
        )

    async def _live(self, station: RunningStation, request: Request) -> Response:
        changes, runs = Changes(), station.virtual is not None
        shown = [_number(request.headers.get("last-event-id") or request.query_params.get("after", ""))]

        def look() -> Iterable[LiveEvent] | None:
            if self._ended or station.number not in self._stations:
                return None
            if runs != (station.virtual is not None):
                return [LiveEvent("reload", "")]
            events = changes.of(self._rendered[station.number].parts())
            frames = station.traffic.after(shown[0])
            shown[0] = station.traffic.newest
            if frames:
                text = views.part("stations/frames.html", station=station, frames=frames)
                events.append(LiveEvent("traffic", text, shown[0]))
            return events

        return self._streams.response(stream(look, station.signal))

    async def _frames(self, station: RunningStation, request: Request) -> Response:
        after = _number(request.query_params.get("after", ""))
        text = views.part("stations/frames.html", station=station, frames=station.traffic.after(after))
        return Response(text, media_type="text/html")

    async def _variables(self, station: RunningStation, request: Request) -> Response:
        words, rows = request.query_params.get("q", ""), variable_rows(station)
        title = "Configuration keys" if station.product.ocpp_version == "1.6" else "Variables"
        found = [row for row in rows if row.matches(words)]
        if "hx-request" in request.headers:
            text = views.part("stations/variable_rows.html", title=title, rows=found, total=len(rows))
            return Response(text, media_type="text/html")
        return page(
            "stations/variables.html",
            current=PATH,
            station=station,
            title=title,
            words=words,
            rows=found,
            total=len(rows),
        )

    async def _misbehaviours_of(self, station: RunningStation, request: Request) -> Response:
        return await misbehaviour_list(request, PATH, station)

    async def _frame(self, station: RunningStation, request: Request) -> Response:
        frame = station.traffic.get(request.path_params["frame"])
        if frame is None:
            return PlainTextResponse("this frame is no longer kept", HTTPStatus.GONE.value)
        return Response(views.part("stations/frame.html", text=formatted(frame)), media_type="text/html")

    # What the buttons of a station do.

    async def _connect(self, station: RunningStation, request: Request) -> Response:
        values = (await read_form(request)).last_values()
        try:
            settings = forms.connection_settings(values, station.product, station.settings)
            await station.connect_to(settings)
        except FormError as error:
            return self._station_page(station, values, error.problems)
        except ProvisioningError as error:
            return self._station_page(station, values, forms.as_form_error(error).problems)
        except ControlError as error:
            return self._station_page(station, values, {"csms_url": str(error)})
        return _see(f"{PATH}/{station.number}")

    async def _operate(self, station: RunningStation, request: Request) -> Response:
        operation = BY_NAME.get(request.path_params["operation"])
        if operation is None:
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        return await _operated(station, operation, (await read_form(request)).last_values())

    async def _set_measured_value(self, station: RunningStation, request: Request) -> Response:
        fields = (await read_form(request)).last_values()
        component, _, variable = fields.get("variable", "").partition(".")
        fields |= {"component": component, "variable": variable}
        return await _operated(station, BY_NAME["set_measured_value"], fields)

    async def _present_token(self, station: RunningStation, request: Request) -> Response:
        values = (await read_form(request)).last_values()
        token = RememberedToken(values.get("id_token", ""), values.get("type", ""))
        evse_id = _number(values.get("evse_id", "")) or None

        async def present() -> None:
            if not token.id_token:
                raise ControlError("enter the id of the token")
            await station.running().act(lambda control: control.present_token(token.id_token, token.type, evse_id))
            if token in self._tokens:
                self._tokens.remove(token)
            self._tokens.appendleft(token)

        return await _done(station, present)

    async def _stop_charging(self, station: RunningStation, request: Request) -> Response:
        values = (await read_form(request)).last_values()

        async def present() -> None:
            await station.present_token_again(_number(values.get("evse_id", "")))

        return await _done(station, present)

    async def _misbehave(self, station: RunningStation, request: Request) -> Response:
        text = (await read_form(request)).last_values().get("misbehave", "").strip()

        async def misbehave() -> None:
            if not text:
                raise ControlError("enter the id of a misbehaviour")
            station.misbehave(text)

        return await _done(station, misbehave)

    async def _behave(self, station: RunningStation, _: Request) -> Response:
        async def behave() -> None:
            station.behave()

        return await _done(station, behave)

    async def _start_again(self, station: RunningStation, _: Request) -> Response:
        try:
            await station.start()
        except (StoreError, ProvisioningError) as error:
            station.failure = str(error)
        return _see(f"{PATH}/{station.number}")

    async def _stop(self, station: RunningStation, _: Request) -> Response:
        await station.stop()
        return _see(f"{PATH}/{station.number}")

    async def _remove(self, station: RunningStation, _: Request) -> Response:
        await station.stop()
        self._stations.pop(station.number, None)
        self._rendered.pop(station.number, None)
        station.signal.notify()
        return _see(PATH)


async def _start_or_explain(station: RunningStation) -> None:
    """Raises FormError."""
    try:
        await station.start()
    except ProvisioningError as error:
        raise forms.as_form_error(error) from None
    except StoreError as error:
        raise FormError(store=str(error)) from None


def _connection_values(station: RunningStation) -> dict[str, str]:
    settings = station.settings
    return {"csms_url": settings.csms_url, "security_profile": str(settings.security_profile.value)}


async def _operated(station: RunningStation, operation: Operation, fields: Mapping[str, str]) -> Response:
    async def operate() -> str:
        body = arguments(operation, fields)
        answer = await station.running().act(lambda control: operation.run(control, body))
        return "" if operation.answer is None else msgspec.json.encode(answer).decode()

    return await _done(station, operate)


async def _done(station: RunningStation, action: Callable[[], Awaitable[str | None]]) -> Response:
    """The answer after an action: what it returns, mostly nothing as the streams show it, or why it is not possible."""
    try:
        answer = await action()
    except LockedError as error:
        return PlainTextResponse(str(error), HTTPStatus.LOCKED.value)
    except ControlError as error:
        return PlainTextResponse(str(error), HTTPStatus.CONFLICT.value)
    except msgspec.ValidationError as error:
        return PlainTextResponse(str(error), HTTPStatus.BAD_REQUEST.value)
    station.signal.notify()
    return PlainTextResponse(answer) if answer else Response(status_code=HTTPStatus.NO_CONTENT.value)


def _number(text: str) -> int:
    """A number in a request; 0 if it is none."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def _see(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER.value)
