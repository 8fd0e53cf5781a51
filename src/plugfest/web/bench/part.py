"""The pages of the section Bench."""

import io
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import msgspec
import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.campaigns.instruction_files import MAX_REASON, GivenAnswer, InstructionFollower
from plugfest.clock import SystemClock
from plugfest.http_server.access import QUERY, cookie_name, is_loopback
from plugfest.http_server.streams import Streams
from plugfest.lab.operator.capabilities import Capability
from plugfest.rig.operators.instructions import AnswerKind
from plugfest.rig.pki_folder import ROOT, PkiFolder, PkiNotUsable
from plugfest.web.bench.campaigns import Campaigns, CannotStart
from plugfest.web.bench.choice import CaseChoice, NoSubject, case_choice, subject_of, subjects
from plugfest.web.bench.files import KINDS, CampaignFiles, NotKept
from plugfest.web.bench.live import PAGE_OPERATOR, LiveCampaign, stream
from plugfest.web.bench.request import NAMES, OPERATORS, ORDERS, CampaignForm, checked
from plugfest.web.forms import Form, read_form
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.own_files import OwnFiles
from plugfest.web.pages import fragment, page
from plugfest.web.runs.redaction import Redactors
from plugfest.web.runs.store import Runs

SECTION: Final = "/bench"
WATCHED: Final = frozenset({"status", "news", "actions", "prompt", "idle", "commands", "grid", "diagram", "findings"})
ON_A_PHONE: Final = frozenset({"status", "actions", "prompt", "idle", "commands"})


class BenchPart:
    """The section Bench. `data_folder`: where the runs, the PICS files and the certificates of the lab are."""

    def __init__(self, data_folder: Path, runs: Runs) -> None:
        self._own = OwnFiles(data_folder)
        self._files = CampaignFiles(data_folder)
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
            Route(f"{SECTION}/-/choice", self._choice),
            Route(f"{SECTION}/-/count", self._count),
            Route(f"{SECTION}/-/{ROOT}", self._root),
            Route(f"{SECTION}/-/files/{{kind}}", self._keep_file, methods=["POST"]),
            Route(one, self._watch),
            Route(f"{one}/operator", self._operator),
            Route(f"{one}/events", self._events),
            Route(f"{one}/answer", self._answer, methods=["POST"]),
            Route(f"{one}/stop", self._stop, methods=["POST"]),
            Route(f"{one}/resume", self._resume, methods=["POST"]),
            Route(f"{one}/repeat", self._repeat, methods=["POST"]),
        ]

    async def prepare(self, idle: IdleDetector) -> None:
        """Read the test plan of the product that the form shows first."""
        await idle.wait()
        self._choice_of(CampaignForm(product=_first(subjects(self._own))))

    async def close(self) -> None:
        """Campaigns go on without the server."""
        self._campaigns.close()

    # A new campaign

    async def _form(self, request: Request) -> Response:
        return await self._shown(CampaignForm.of(Form(request.query_params.multi_items())), {})

    async def _start(self, request: Request) -> Response:
        form = CampaignForm.of(await read_form(request))
        result = checked(form, self._own, self._files, self._pki)
        if result.wrong:
            return await self._shown(form, result.wrong)
        try:
            name = self._campaigns.start(result.name, result.arguments, form.password if form.is_foreign else "")
        except CannotStart as error:
            return await self._shown(form, {"": str(error)})
        # What was typed comes back if the campaign cannot begin.
        return _see(f"{SECTION}/{quote(name)}?{urlencode(form.for_address())}")

    async def _shown(self, form: CampaignForm, wrong: dict[str, str]) -> Response:
        offered = subjects(self._own)
        if not form.product:
            form = msgspec.structs.replace(form, product=await self._newest(offered))
        return page(
            "bench/form.html",
            current=SECTION,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            form=form,
            wrong=wrong,
            subjects=offered,
            choice=self._choice_of(form),
            operators=OPERATORS,
            orders=ORDERS,
            names=NAMES,
            capabilities={str(one): one.description for one in Capability},
            files={kind: self._files.names(kind) for kind in KINDS},
            kinds=KINDS,
            running=await self._runs.in_progress(),
        )

    async def _root(self, _: Request) -> Response:
        """The root certificate of the lab, for a station that has to trust it; created if there is none."""
        folder = PkiFolder(self._pki)
        try:
            root = folder.pki(SystemClock().now()).root_pem
        except PkiNotUsable as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        headers = {"Content-Disposition": f'attachment; filename="{ROOT}"'}
        return Response(root, media_type="application/x-pem-file", headers=headers)

    async def _keep_file(self, request: Request) -> Response:
        """Keep a file, which is the body; its name is in the query. The answer is the name that it has then."""
        kind = request.path_params["kind"]
        if kind not in KINDS:
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        try:
            name = await self._files.keep(kind, request.query_params.get("file", ""), request.stream())
        except NotKept as error:
            return PlainTextResponse(str(error), HTTPStatus.UNPROCESSABLE_ENTITY.value)
        return PlainTextResponse(name, HTTPStatus.CREATED.value)

    async def _newest(self, offered: Mapping[str, Mapping[str, str]]) -> str:
        """The product that was tested last, else the first one."""
        tested = [one.description.products for one in await self._runs.all() if one.description is not None][:1]
        values = {value for group in offered.values() for value in group}
        return next((one for products in tested for one in products if one in values), _first(offered))

    async def _choice(self, request: Request) -> Response:
        """The blocks and profiles of another product, and how many cases are chosen."""
        return self._chosen(request, "bench/choice.html")

    async def _count(self, request: Request) -> Response:
        return self._chosen(request, "bench/count.html")

    def _chosen(self, request: Request, template: str) -> Response:
        form = CampaignForm.of(Form(request.query_params.multi_items()))
        return HTMLResponse(fragment(template, form=form, choice=self._choice_of(form)))

    def _choice_of(self, form: CampaignForm) -> CaseChoice:
        try:
            return case_choice(subject_of(form.product, self._own), form.requested)
        except NoSubject as error:
            return CaseChoice(total=0, blocks=(), profiles=(), problem=str(error))

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
        typed = CampaignForm.of(Form(request.query_params.multi_items()))
        back = urlencode(typed.for_address()) if request.query_params else ""
        return page(
            "bench/watch.html",
            current=SECTION,
            name=request.path_params["run"],
            campaign=campaign,
            diagram=await campaign.diagram(),
            is_attended=campaign.is_attended or (typed.is_foreign and typed.operator == PAGE_OPERATOR),
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
        token = request.cookies.get(cookie_name(request.headers.get("host", "")))
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


def _first(offered: Mapping[str, Mapping[str, str]]) -> str:
    """The product that the form shows first."""
    return next(value for group in offered.values() for value in group)


def _see(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER.value)
