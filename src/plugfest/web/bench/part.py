"""The pages of the section Bench."""

import io
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import msgspec
import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.campaigns.instruction_files import MAX_REASON, GivenAnswer, InstructionFollower
from plugfest.clock import SystemClock
from plugfest.http_server.access import COOKIE, QUERY, is_loopback
from plugfest.rig.operators.instructions import AnswerKind
from plugfest.runs.folder import RunFolder
from plugfest.web.bench.campaigns import Campaigns, CannotStart
from plugfest.web.bench.live import LiveCampaign, stream
from plugfest.web.bench.request import OPERATORS, CampaignForm, checked, listed_products
from plugfest.web.forms import Form, read_form
from plugfest.web.pages import page
from plugfest.web.runs.redaction import Redactors
from plugfest.web.runs.store import Runs
from plugfest.web.streams import Streams

SECTION: Final = "/bench"
WATCHED: Final = frozenset({"status", "prompt", "grid", "diagram", "findings"})
ON_A_PHONE: Final = frozenset({"status", "prompt"})


class BenchPart:
    """The section Bench. `data_folder`: where the runs, the PICS files and the certificates of the lab are."""

    def __init__(self, data_folder: Path, runs: Runs) -> None:
        self._products = data_folder / "products"
        self._pki = data_folder / "pki"
        self._runs = runs
        self._redactors = Redactors()
        self._streams = Streams()
        self._campaigns = Campaigns(runs.folder, SystemClock().now)

    def routes(self) -> Sequence[BaseRoute]:
        one = f"{SECTION}/{{run}}"
        return [
            Route(SECTION, self._form),
            Route(SECTION, self._start, methods=["POST"]),
            Route(one, self._watch),
            Route(f"{one}/operator", self._operator),
            Route(f"{one}/events", self._events),
            Route(f"{one}/answer", self._answer, methods=["POST"]),
            Route(f"{one}/stop", self._stop, methods=["POST"]),
            Route(f"{one}/resume", self._resume, methods=["POST"]),
            Route(f"{one}/repeat", self._repeat, methods=["POST"]),
        ]

    async def close(self) -> None:
        """Campaigns go on without the server."""
        self._campaigns.close()

    # A new campaign

    async def _form(self, request: Request) -> Response:
        given = {name: request.query_params[name] for name in _FIELDS if name in request.query_params}
        own_file = f"{given.get('product', '')}.toml"
        if any(one.value == own_file for one in listed_products(self._products)):
            given["product"] = own_file
        return await self._shown(CampaignForm(**given), {})

    async def _start(self, request: Request) -> Response:
        form = _campaign_form(await read_form(request))
        result = checked(form, listed_products(self._products), self._pki)
        if result.wrong:
            return await self._shown(form, result.wrong)
        try:
            name = self._campaigns.start(result.name, result.arguments, form.password if form.is_foreign else "")
        except CannotStart as error:
            return await self._shown(form, {"": str(error)})
        # What was typed comes back if the campaign cannot begin; a password is not put into an address.
        typed = {field: value for field in _FIELDS if field != "password" and (value := getattr(form, field))}
        return _see(f"{SECTION}/{quote(name)}?{urlencode(typed)}")

    async def _shown(self, form: CampaignForm, wrong: dict[str, str]) -> Response:
        readable = [one for one in await self._runs.all() if not one.problem][:_LOOKED_AT]
        return page(
            "bench/form.html",
            current=SECTION,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            form=form,
            wrong=wrong,
            products=listed_products(self._products),
            operators=OPERATORS,
            running=[one for one in readable if RunFolder(self._runs.folder / one.name).is_in_use],
        )

    # A campaign that runs

    async def _live(self, request: Request) -> LiveCampaign:
        name = str(request.path_params["run"])
        if not self._campaigns.has(name) and not self._runs.has(name):
            raise HTTPException(HTTPStatus.NOT_FOUND.value, f"there is no run {name}")
        campaign = LiveCampaign(name, self._runs, self._campaigns, self._redactors)
        await campaign.update()
        if not campaign.is_known:
            raise HTTPException(HTTPStatus.NOT_FOUND.value, f"there is no run {name}")
        return campaign

    async def _watch(self, request: Request) -> Response:
        campaign = await self._live(request)
        back = urlencode([(name, value) for name, value in request.query_params.items() if name in _FIELDS])
        return page(
            "bench/watch.html",
            current=SECTION,
            name=request.path_params["run"],
            campaign=campaign,
            diagram=await campaign.diagram(),
            link=self._link(request),
            back=f"{SECTION}?{back}" if back else SECTION,
        )

    async def _operator(self, request: Request) -> Response:
        campaign = await self._live(request)
        return page("bench/operator.html", current=SECTION, name=request.path_params["run"], campaign=campaign)

    async def _events(self, request: Request) -> Response:
        campaign = await self._live(request)
        names = ON_A_PHONE if "phone" in request.query_params else WATCHED
        return self._streams.response(stream(campaign, names))

    def _link(self, request: Request) -> dict[str, object]:
        """The address of the page for a phone, with its token, and as a QR code; `reason`: why there is none."""
        token = request.cookies.get(COOKIE)
        if token is None:
            return {"reason": "loopback"}
        if is_loopback(request.url.hostname or ""):
            return {"reason": "address"}
        url = f"{request.url.scheme}://{request.url.netloc}{SECTION}/{quote(request.path_params['run'])}/operator"
        drawn = io.BytesIO()
        segno.make(f"{url}?{QUERY}={token}", error="m").save(
            drawn, kind="svg", xmldecl=False, omitsize=True, light="#fff", dark="#000", title="QR code"
        )
        return {"reason": "", "url": url, "code": Markup(drawn.getvalue().decode())}

    async def _answer(self, request: Request) -> Response:
        form = await read_form(request)
        await self._live(request)
        kind, reason = form.get("kind"), form.get("reason")
        if kind not in set(AnswerKind):
            raise HTTPException(HTTPStatus.BAD_REQUEST.value, f"{kind or 'nothing'} is not an answer")
        answer = GivenAnswer(kind=AnswerKind(kind), instruction=form.get("instruction"), reason=reason[:MAX_REASON])
        try:
            InstructionFollower(self._runs.folder / request.path_params["run"]).give(answer)
        except OSError as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, f"the answer cannot be kept: {error.strerror}") from None
        return self._after(request, form.get("page"))

    async def _stop(self, request: Request) -> Response:
        await self._live(request)
        try:
            self._campaigns.stop(request.path_params["run"])
        except CannotStart as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        return self._after(request, "")

    async def _resume(self, request: Request) -> Response:
        return await self._continue(request, repeats=False)

    async def _repeat(self, request: Request) -> Response:
        return await self._continue(request, repeats=True)

    async def _continue(self, request: Request, *, repeats: bool) -> Response:
        await self._live(request)
        try:
            self._campaigns.resume(request.path_params["run"], repeats=repeats)
        except CannotStart as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        return self._after(request, "")

    def _after(self, request: Request, where: str) -> Response:
        """Nothing for htmx, whose page follows the campaign; otherwise the page again."""
        if "hx-request" in request.headers:
            return Response(status_code=HTTPStatus.NO_CONTENT.value)
        path = f"{SECTION}/{quote(request.path_params['run'])}"
        return _see(f"{path}/operator" if where == "operator" else path)


_FIELDS: Final = CampaignForm.__struct_fields__
_LOOKED_AT: Final = 25
"""The newest runs: older ones are not looked at for campaigns that run."""


def _campaign_form(form: Form) -> CampaignForm:
    defaults = msgspec.structs.asdict(CampaignForm())
    return CampaignForm(**{name: form.get(name, defaults[name]) for name in _FIELDS})


def _see(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER.value)
