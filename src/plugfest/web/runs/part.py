"""The pages of the section Runs."""

import tempfile
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final, NoReturn

import msgspec
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.campaigns.comparison import compare
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.reports.folder import FORMAT_FILES, HTML_FILE
from plugfest.runs.folder import RunDescription, RunError
from plugfest.runs.progress import CaseProgress, ProductProgress, RunProgress, in_order
from plugfest.web.application import MAX_UPLOAD
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.pages import SECTIONS, fragment, page
from plugfest.web.runs.changes import ShownProgress, changes
from plugfest.web.runs.diagrams import case_view
from plugfest.web.runs.frames import BLOCK, FrameBlock, FrameRow, frame_blocks, frame_rows
from plugfest.web.runs.grid import blocks
from plugfest.web.runs.redaction import Redactors, redacted, redacted_finding
from plugfest.web.runs.store import ListedRun, Runs
from plugfest.web.runs.worker import Verified
from plugfest.web.runs.working import Workers, WorkFailed

SECTION: Final = "/runs"
RUNS_ON_A_PAGE: Final = 25
READ_AT_ONCE: Final = 1_000_000
"""Bytes of runs that are read before the list is shown."""

REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""The page of a report has its styles in itself, and no scripts."""


class RunsPart:
    """The section Runs."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._redactors = Redactors()
        self._workers = Workers()

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(SECTION, self._list),
            Route(f"{SECTION}/compare", self._compare),
            Route(f"{SECTION}/verify", self._verify_page),
            Route(f"{SECTION}/verify", self._verify, methods=["POST"]),
            Route(f"{SECTION}/{{run}}", self._run),
            Route(f"{SECTION}/{{run}}/row", self._row),
            Route(f"{SECTION}/{{run}}/changes", self._changes),
            Route(f"{SECTION}/{{run}}/report/{{name}}", self._report),
            Route(f"{SECTION}/{{run}}/{{product}}/frames", self._frames),
            Route(f"{SECTION}/{{run}}/{{product}}/frames/{{begin:int}}", self._frame_block),
            Route(f"{SECTION}/{{run}}/{{product}}/{{case}}", self._case),
        ]

    async def prepare(self, idle: IdleDetector) -> None:
        """Read what every run is."""
        await idle.wait()
        await self._runs.all()

    async def close(self) -> None:
        """Nothing is left running: a worker ends with the request that has started it."""

    # The list

    async def _list(self, request: Request) -> Response:
        begin = _number(request, "from")
        runs = await self._runs.all()
        rows, left = [], READ_AT_ONCE
        for run in runs[begin : begin + RUNS_ON_A_PAGE]:
            left -= self._runs.unread(run.name)
            rows.append(await self._listed_row(run, read=left >= 0))
        following = begin + RUNS_ON_A_PAGE if len(runs) > begin + RUNS_ON_A_PAGE else None
        if "hx-request" in request.headers:
            return HTMLResponse(fragment("runs/rows.html", rows=rows, following=following))
        return page("runs/list.html", current=SECTION, rows=rows, following=following, total=len(runs))

    async def _row(self, request: Request) -> Response:
        """A run in the list; nothing if the page shows it as it is."""
        progress = await self._progress(request)
        if ShownProgress.read(request.query_params.get("shown", "")) == ShownProgress.of(progress):
            return Response(status_code=HTTPStatus.NO_CONTENT.value)
        return HTMLResponse(fragment("runs/row.html", row=_row_of(_name(request), progress)))

    async def _listed_row(self, run: ListedRun, *, read: bool) -> dict[str, object]:
        """`read`: whether now; otherwise the page asks for the row when it is seen."""
        problem = run.problem
        if run.description is not None and not read:
            return {
                "name": run.name,
                "products": run.description.products,
                "started_at": run.started_at,
                "problem": "",
                "state": "unread",
            }
        if not problem:
            try:
                progress = await self._runs.progress(run.name)
                if progress is not None:
                    return _row_of(run.name, progress)
            except RunError as error:
                problem = str(error)
        return {"name": run.name, "problem": problem, "started_at": run.started_at, "state": ""}

    # One run

    async def _run(self, request: Request) -> Response:
        progress = await self._progress(request)
        others = [one for one in await self._runs.all() if not one.problem and one.name != _name(request)]
        shown = progress.description
        earlier = (one.name for one in others if one.description and _is_earlier(one.description, shown))
        known = {"others": others, "earlier": next(earlier, ""), **self._run_parts(request, progress)}
        return HTMLResponse(fragment("runs/run.html", current=SECTION, sections=SECTIONS, **known))

    async def _changes(self, request: Request) -> Response:
        """The parts of the page of a run that have changed since it was shown, as the page describes it."""
        progress = await self._progress(request)
        before, now = ShownProgress.read(request.query_params.get("shown", "")), ShownProgress.of(progress)
        if before == now:
            return Response(status_code=HTTPStatus.NO_CONTENT.value)
        parts = self._run_parts(request, progress)
        if before.cases != now.cases:
            headers = {"HX-Retarget": "#parts", "HX-Reswap": "innerHTML"}
            return HTMLResponse(fragment("runs/parts.html", **parts), headers=headers)
        changed, is_first = changes(progress, before, now), not any(before.results)
        with_report = is_first or before.state != now.state
        return HTMLResponse(fragment("runs/changes.html", changed=changed, with_report=with_report, **parts))

    def _run_parts(self, request: Request, progress: RunProgress) -> dict[str, object]:
        return {
            "row": _row_of(_name(request), progress),
            "run": progress,
            "began": progress.current.sittings[0].began if progress.current.sittings else None,
            "repeatable": any(verdict is not Verdict.PASS for verdict in progress.verdicts),
            "products": [self._shown(one, is_running=progress.state == "running") for one in progress.products],
            "formats": FORMAT_FILES,
            "html_file": HTML_FILE,
        }

    async def _case(self, request: Request) -> Response:
        progress, product = await self._product(request)
        name = _name(request)
        cases = product.cases()
        index = next((number for number, one in enumerate(cases) if one.id == request.path_params["case"]), None)
        if index is None:
            _missing(f"the run has no case {request.path_params['case']}")
        case = cases[index]
        head = {
            "name": name,
            "product": product.name,
            "case": case,
            "previous": _neighbour(cases, index - 1),
            "next": _neighbour(cases, index + 1),
        }
        if case.result is None:
            is_running = progress.state == "running"
            return page("runs/waiting_case.html", current=SECTION, head=head, is_running=is_running)
        view = await case_view(product, case, self._redactors.of(product))
        blocks = _blocks_of(view.first, case.result)
        return page("runs/case.html", current=SECTION, head=head, view=view, blocks=blocks)

    async def _frames(self, request: Request) -> Response:
        _, product = await self._product(request)
        at = _number(request, "at")
        shown = frame_blocks(0, product.frame_count)
        if shown:
            index = min(at // BLOCK, len(shown) - 1)
            rows = await self._rows(product, shown[index].begin, shown[index].end)
            shown[index] = FrameBlock(shown[index].begin, shown[index].end, rows)
        return page(
            "runs/frames.html",
            current=SECTION,
            name=_name(request),
            product=product.name,
            total=product.frame_count,
            blocks=shown,
        )

    async def _frame_block(self, request: Request) -> Response:
        _, product = await self._product(request)
        begin = request.path_params["begin"]
        end = min(begin + BLOCK, _number(request, "to") or product.frame_count)
        rows = await self._rows(product, begin, end)
        return HTMLResponse(fragment("runs/frame_rows.html", rows=rows))

    async def _rows(self, product: ProductProgress, begin: int, end: int) -> list[FrameRow]:
        return await frame_rows(product, begin, end, self._redactors.of(product))

    # Reports

    async def _report(self, request: Request) -> Response:
        progress = await self._progress(request)
        name = request.path_params["name"]
        if name not in FORMAT_FILES:
            _missing(f"the formats of a report are {', '.join(FORMAT_FILES)}")
        folder = tempfile.TemporaryDirectory(prefix="plugfest-")
        target = Path(folder.name) / name
        try:
            await self._workers.report(progress.folder.path, name, target)
        except WorkFailed as error:
            folder.cleanup()
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        except BaseException:
            folder.cleanup()
            raise
        shown = name == HTML_FILE and "download" not in request.query_params
        return FileResponse(
            target,
            headers={"Content-Security-Policy": REPORT_POLICY},
            filename=f"{_name(request)}-{name}",
            content_disposition_type="inline" if shown else "attachment",
            background=BackgroundTask(folder.cleanup),
        )

    async def _verify_page(self, _: Request) -> Response:
        return page("runs/verify.html", current=SECTION, max_size=MAX_UPLOAD)

    async def _verify(self, request: Request) -> Response:
        with tempfile.TemporaryDirectory(prefix="plugfest-") as folder:
            file = Path(folder) / "report"
            await _receive(request, file)
            try:
                verified = msgspec.json.decode(await self._workers.verify(file), type=Verified)
            except WorkFailed as error:
                raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        return HTMLResponse(fragment("runs/verified.html", found=verified.verification, own=verified.own))

    # Comparison

    async def _compare(self, request: Request) -> Response:
        names = [request.query_params.get(key, "") for key in ("before", "after")]
        found = [await self._named(name) if name else None for name in names]
        before, after = found
        comparison = None
        if before is not None and after is not None:
            comparison = compare(self._results(before), self._results(after))
        return page(
            "runs/compare.html",
            current=SECTION,
            runs=[one for one in await self._runs.all() if not one.problem],
            before=names[0],
            after=names[1],
            comparison=comparison,
            product=None if after is None else after.current.name,
        )

    def _results(self, progress: RunProgress) -> dict[str, CaseResult]:
        """The newest result of each case; cases of several products have the product before their id."""
        several = len(progress.products) > 1
        return {
            f"{product.name} {case.id}" if several else case.id: redacted(case.result, self._redactors.of(product))
            for product in progress.products
            for case in product.cases()
            if case.result is not None
        }

    # Looking up

    def _shown(self, product: ProductProgress, *, is_running: bool) -> dict[str, object]:
        redactor, cases = self._redactors.of(product), product.cases()
        results = (one.result for one in cases if one.result is not None and one.result.findings)
        before = (finding for sitting in product.sittings for finding in sitting.findings)
        return {
            "name": product.name,
            "is_reached": bool(product.sittings),
            "blocks": blocks(cases, is_running=is_running),
            "frames": product.frame_count,
            "findings": [redacted_finding(one, redactor) for one in before],
            "results": [redacted(one, redactor) for one in results],
        }

    async def _named(self, name: str) -> RunProgress:
        try:
            progress = await self._runs.progress(name)
        except RunError as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        if progress is None:
            _missing(f"there is no run {name}")
        return progress

    async def _progress(self, request: Request) -> RunProgress:
        return await self._named(_name(request))

    async def _product(self, request: Request) -> tuple[RunProgress, ProductProgress]:
        progress = await self._progress(request)
        product = progress.product(request.path_params["product"])
        if product is None:
            _missing(f"the run has no product {request.path_params['product']}")
        return progress, product


def _name(request: Request) -> str:
    return str(request.path_params["run"])


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _missing(text: str) -> NoReturn:
    raise HTTPException(HTTPStatus.NOT_FOUND.value, text)


def _row_of(name: str, progress: RunProgress) -> dict[str, object]:
    """What a list, and the head of a page, show of a run."""
    verdicts = progress.verdicts
    return {
        "name": name,
        "problem": "",
        "products": progress.description.products,
        "started_at": progress.description.started_at,
        "state": progress.state,
        "shown": ShownProgress.of(progress).text,
        "done": verdicts.total(),
        "total": progress.total,
        "verdicts": in_order(verdicts),
    }


def _is_earlier(one: RunDescription, shown: RunDescription) -> bool:
    """Whether it is a run of the same products before the one that is shown."""
    return one.products == shown.products and one.started_at < shown.started_at


def _neighbour(cases: Sequence[CaseProgress], index: int) -> CaseProgress | None:
    return cases[index] if 0 <= index < len(cases) else None


def _blocks_of(first: int, result: CaseResult) -> list[FrameBlock]:
    begin, end = result.frames
    return frame_blocks(first, first + end - begin)


async def _receive(request: Request, file: Path) -> None:
    """Write the body of a request to a file. Its size is limited for the whole site."""
    with file.open("wb") as target:
        async for piece in request.stream():
            target.write(piece)
