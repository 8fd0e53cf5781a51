"""What a station can do wrong on demand: the list to choose from, and its buttons."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from plugfest.rig.misbehaviour.listing import listed
from plugfest.web.pages import page
from plugfest.web.stations import views
from plugfest.web.stations.running import RunningStation

MAX_ROWS: Final = 100
"""How many misbehaviours a page shows; a search finds the others."""


async def misbehaviour_list(request: Request, current: str, station: RunningStation | None = None) -> Response:
    """The misbehaviours that a station can show, or any station, searched by words."""
    words = request.query_params.get("q", "")
    found = listed(None if station is None else station.product, words=words.split())
    rows, total = found[:MAX_ROWS], len(found)
    if "hx-request" in request.headers:
        text = views.part("stations/misbehaviour_rows.html", station=station, rows=rows, total=total)
        return Response(text, media_type="text/html")
    return page(
        "stations/misbehaviour_list.html",
        current=current,
        station=station,
        words=words,
        present="" if station is None else views.misbehaviours(station),
        rows=rows,
        total=total,
    )
