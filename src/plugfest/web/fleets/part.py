"""The pages of the section Fleets."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.changes import Signal
from plugfest.fleet.folder import RESULT_FILE, SECONDS_FILE, FolderError
from plugfest.http_server.live_events import Changes, LiveEvent, stream
from plugfest.http_server.streams import Streams
from plugfest.reports.drawings.fleet_charts import CHARTS
from plugfest.web.fleets.store import Fleets, ListedFleet
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.pages import fragment, page

SECTION: Final = "/fleets"
ON_A_PAGE: Final = 50
FILES: Final = (RESULT_FILE, SECONDS_FILE)


class FleetsPart:
    """The section Fleets. `data_folder`: where the folder of the fleets is."""

    def __init__(self, data_folder: Path) -> None:
        self._fleets = Fleets(data_folder / "fleets")
        self._streams = Streams()

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(SECTION, self._list),
            Route(f"{SECTION}/{{fleet}}", self._one),
            Route(f"{SECTION}/{{fleet}}/live", self._live),
            Route(f"{SECTION}/{{fleet}}/{{file}}", self._file),
        ]

    async def prepare(self, idle: IdleDetector) -> None:
        """Nothing takes long."""

    async def close(self) -> None:
        """Fleets are processes of their own."""

    async def _list(self, request: Request) -> Response:
        names = self._fleets.names()
        rows = [row for name in names[:ON_A_PAGE] if (row := self._fleets.fleet(name)) is not None]
        return page("fleets/list.html", current=SECTION, rows=rows, total=len(names))

    async def _one(self, request: Request) -> Response:
        fleet = self._known(request)
        parts = dict(self._parts(fleet))
        return page("fleets/fleet.html", current=SECTION, fleet=fleet, parts=parts, files=FILES)

    async def _live(self, request: Request) -> Response:
        """The parts of the page of a fleet, each when it has changed, until the fleet has ended."""
        name, changes = self._known(request).name, Changes()
        has_ended = False

        def look() -> Iterable[LiveEvent] | None:
            nonlocal has_ended
            fleet = self._fleets.fleet(name)
            if fleet is None or has_ended:
                return None
            has_ended = fleet.state in ("ended", "unfinished") or bool(fleet.problem)
            return [*changes.of(self._parts(fleet)), *([LiveEvent("ended", "")] if has_ended else [])]

        return self._streams.response(stream(look, Signal()))

    async def _file(self, request: Request) -> Response:
        fleet, file = self._known(request), request.path_params["file"]
        path = self._fleets.folder / fleet.name / file
        if file not in FILES or not path.is_file():
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        return FileResponse(path, filename=f"{fleet.name}-{file}")

    def _parts(self, fleet: ListedFleet) -> Iterable[tuple[str, str]]:
        """The parts of the page that change, by their names."""
        if fleet.result is None:
            return
        yield "state", fragment("fleets/state.html", fleet=fleet, result=fleet.result)
        yield "tables", fragment("fleets/tables.html", result=fleet.result)
        try:
            seconds = self._fleets.seconds(fleet.name)
        except FolderError as error:
            yield "charts", fragment("fleets/problem.html", problem=str(error))
            return
        yield "charts", fragment("fleets/charts.html", charts=[draw(seconds) for draw in CHARTS.values()])

    def _known(self, request: Request) -> ListedFleet:
        name = request.path_params["fleet"]
        fleet = self._fleets.fleet(name)
        if fleet is None:
            raise HTTPException(HTTPStatus.NOT_FOUND.value, f"There is no fleet {name}.")
        return fleet
