"""The pages of the section Products, except the editor."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.lab import selection as lab_selection
from plugfest.products import ProductError, pics_text, product_names
from plugfest.products.features import FILES, OcppVersion, feature_catalog
from plugfest.products.selection import SelectedCase, select, titled
from plugfest.reports.files import NotReadable, NotWritable
from plugfest.web.forms import Form, read_body, read_form
from plugfest.web.idle_detector import IdleDetector
from plugfest.web.own_files import MOST_BYTES, InvalidName, OwnFiles
from plugfest.web.pages import fragment, page
from plugfest.web.products.assessment import Assessed, assess
from plugfest.web.products.editor import Editor
from plugfest.web.products.exports import answers_as_csv
from plugfest.web.products.overview import Overview, Overviews
from plugfest.web.products.writing import FORMS, NotImported, copied, from_form, template
from plugfest.web.runs.store import Runs

SECTION: Final = "/products"
_TOML: Final = ".toml"
_IDENTITY: Final = ("vendor", "model", "firmware_version")


class FileInUse(Exception):
    """A file that a campaign uses. The text is for the user."""


class CaseRow(msgspec.Struct, frozen=True):
    """A case on the page of a product. `why` has the titles of features beside their ids."""

    case: SelectedCase
    why: str
    written: bool


class ProductsPart:
    """The section."""

    def __init__(self, data_folder: Path, runs: Runs) -> None:
        self._own = OwnFiles(data_folder)
        self._runs = runs
        self._overviews = Overviews(self._own)
        self._editor = Editor(self._own)
        self._imported = False

    def routes(self) -> Sequence[BaseRoute]:
        """Its pages."""
        return [
            Route(SECTION, self._list, methods=["GET"]),
            Route(SECTION, self._create, methods=["POST"]),
            Route(f"{SECTION}/-/list", self._rows, methods=["GET"]),
            Route(f"{SECTION}/-/import", self._import, methods=["POST"]),
            Route(f"{SECTION}/{{name}}", self._product, methods=["GET"]),
            Route(f"{SECTION}/{{name}}/cases", self._cases, methods=["GET"]),
            Route(f"{SECTION}/{{name}}/file", self._file, methods=["GET"]),
            Route(f"{SECTION}/{{name}}/answers.csv", self._answers, methods=["GET"]),
            Route(f"{SECTION}/{{name}}/restore", self._restore, methods=["POST"]),
            Route(f"{SECTION}/{{name}}/rename", self._rename, methods=["POST"]),
            Route(f"{SECTION}/{{name}}/delete", self._delete, methods=["POST"]),
            Route(f"{SECTION}/{{name}}/bring-back", self._bring_back, methods=["POST"]),
            *self._editor.routes(),
        ]

    async def prepare(self, idle: IdleDetector) -> None:
        """Import the cases, and count those of the products of the catalog."""
        for version in FILES:
            for _ in lab_selection.modules(version):
                await idle.wait()
        self._imported = True
        for name in product_names():
            self._overviews.of(name)
            await idle.wait()

    async def close(self) -> None:
        """Nothing is running."""

    async def _list(self, request: Request) -> Response:
        """Until the products have been counted, the page asks for the list, so that it is shown at once."""
        chosen = Form(request.query_params.multi_items())
        rows = await self._chosen(chosen) if self._overviews.are_known() else None
        return self._list_page(chosen, rows)

    def _list_page(
        self,
        chosen: Form,
        rows: list[Overview] | None,
        new: Form | None = None,
        problem: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        return page(
            "products/list.html",
            current=SECTION,
            status=status,
            chosen=chosen,
            rows=rows,
            new=new or Form([]),
            problem=problem,
            versions=tuple(FILES),
            profiles=_profiles(),
            catalog=product_names(),
            left_out=self._own.left_out(),
            deleted=self._own.deleted(),
        )

    async def _rows(self, request: Request) -> Response:
        rows = await self._chosen(Form(request.query_params.multi_items()))
        return HTMLResponse(fragment("products/rows.html", rows=rows))

    async def _chosen(self, chosen: Form) -> list[Overview]:
        await self._import_cases()
        found: list[Overview] = []
        for name in self._overviews.names():
            try:
                overview = self._overviews.of(name)
            except NotReadable:
                continue
            if overview.matches(chosen.get("q"), chosen.get("version"), chosen.get("profile")):
                found.append(overview)
            await asyncio.sleep(0)
        return found

    async def _import_cases(self) -> None:
        """Import the code of all cases, a module at a time: half a second in which other requests are handled."""
        for version in () if self._imported else FILES:
            for _ in lab_selection.modules(version):
                await asyncio.sleep(0)
        self._imported = True

    async def _create(self, request: Request) -> Response:
        form = await read_form(request)
        name = form.get("name")
        try:
            self._own.create(name, _new_text(form).encode())
        except (InvalidName, NotWritable) as error:
            return self._list_page(Form([]), await self._chosen(Form([])), form, str(error), _UNPROCESSABLE)
        return RedirectResponse(f"{SECTION}/{name}/edit", HTTPStatus.SEE_OTHER.value)

    async def _import(self, request: Request) -> Response:
        """Makes a product of a file, which is the body; its name is in the query. The new page is in Location."""
        given = PurePath(request.query_params.get("file", "").replace("\\", "/"))
        data, suffix = await read_body(request), given.suffix.lower()
        name = self._own.free_name(given.stem)
        try:
            if suffix in FORMS:
                text = await from_form(name, suffix, data)
                name = self._own.free_name(name)  # another one may have been created meanwhile
            elif suffix == _TOML and len(data) <= MOST_BYTES:
                text = data.decode("utf-8-sig")
            else:
                raise NotImported(f"give a .toml file of at most {MOST_BYTES:,} bytes, or a form as .csv or .xlsx")
            self._own.create(name, text.encode())
        except UnicodeDecodeError:
            return PlainTextResponse(f"{given.name} is not UTF-8; save it as UTF-8", _UNPROCESSABLE.value)
        except (NotImported, InvalidName, NotWritable) as error:
            return PlainTextResponse(str(error), _UNPROCESSABLE.value)
        headers = {"Location": f"{SECTION}/{name}/edit"}
        return PlainTextResponse(name, HTTPStatus.CREATED.value, headers)

    async def _product(self, request: Request) -> Response:
        return await self._product_page(request, self._name(request))

    async def _product_page(
        self, request: Request, name: str, problem: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> HTMLResponse:
        """`problem`: why the file is not renamed or deleted. Until the cases are imported, the page asks for them."""
        own = self._own.has(name)
        try:
            assessed = assess(name, self._data(name))
        except ProductError as error:
            return page(
                "products/invalid.html",
                current=SECTION,
                status=status,
                name=name,
                own=own,
                error=error,
                problem=problem,
            )
        chosen = Form(request.query_params.multi_items())
        return page(
            "products/product.html",
            current=SECTION,
            status=status,
            name=name,
            own=own,
            has_previous=own and self._own.has_previous(name),
            assessed=assessed,
            product=assessed.product,
            edition=assessed.product.feature_catalog.edition(assessed.product.edition),
            chosen=chosen,
            rows=_case_rows(assessed, chosen) if self._imported else None,
            saved="saved" in request.query_params,
            problem=problem,
        )

    async def _cases(self, request: Request) -> Response:
        name = self._name(request)
        await self._import_cases()
        try:
            rows = _case_rows(assess(name, self._data(name)), Form(request.query_params.multi_items()))
        except ProductError as error:
            return PlainTextResponse(str(error), _UNPROCESSABLE.value)
        return HTMLResponse(fragment("products/cases.html", rows=rows))

    async def _file(self, request: Request) -> Response:
        name = self._name(request)
        return _download(self._data(name), f"{name}{_TOML}", "application/toml")

    async def _answers(self, request: Request) -> Response:
        name = self._name(request)
        try:
            text = answers_as_csv(assess(name, self._data(name)).product)
        except ProductError as error:
            return PlainTextResponse(str(error), _UNPROCESSABLE.value)
        return _download(text.encode(), f"{name}.csv", "text/csv")

    async def _restore(self, request: Request) -> Response:
        name = self._name(request)
        try:
            self._own.restore(name)
        except (NotReadable, NotWritable) as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        return RedirectResponse(f"{SECTION}/{name}", HTTPStatus.SEE_OTHER.value)

    # Names of the files

    async def _rename(self, request: Request) -> Response:
        name, new = self._own_name(request), (await read_form(request)).get("new_name")
        try:
            await self._check_unused(name)
            self._own.rename(name, new)
        except (FileInUse, InvalidName, NotWritable) as error:
            return await self._product_page(request, name, str(error), HTTPStatus.CONFLICT)
        return RedirectResponse(f"{SECTION}/{new}", HTTPStatus.SEE_OTHER.value)

    async def _delete(self, request: Request) -> Response:
        name = self._own_name(request)
        try:
            await self._check_unused(name)
            self._own.delete(name)
        except (FileInUse, NotWritable) as error:
            return await self._product_page(request, name, str(error), HTTPStatus.CONFLICT)
        return RedirectResponse(f"{SECTION}#deleted", HTTPStatus.SEE_OTHER.value)

    async def _bring_back(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if name not in self._own.deleted():
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        try:
            self._own.bring_back(name)
        except (InvalidName, NotWritable) as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None
        return RedirectResponse(f"{SECTION}/{name}", HTTPStatus.SEE_OTHER.value)

    async def _check_unused(self, name: str) -> None:
        """Raises FileInUse. A run that has ended keeps a copy of the file."""
        for run in await self._runs.in_progress():
            if run.description is not None and run.description.options.get("product") == self._own.source(name):
                raise FileInUse(f"the campaign {run.name} tests it; wait for its end, or stop it")

    def _own_name(self, request: Request) -> str:
        name = self._name(request)
        if not self._own.has(name):
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        return name

    def _name(self, request: Request) -> str:
        """The name in the path. Raises HTTPException if there is no such product."""
        name: str = request.path_params["name"]
        if name not in product_names() and not self._own.has(name):
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        return name

    def _data(self, name: str) -> bytes:
        """The PICS file of a product. Raises HTTPException."""
        try:
            return pics_text(name) if name in product_names() else self._own.read(name).data
        except NotReadable as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None


_UNPROCESSABLE: Final = HTTPStatus.UNPROCESSABLE_ENTITY


def _new_text(form: Form) -> str:
    """The text of a new file. Raises InvalidName."""
    source = form.get("from")
    if source in product_names():
        return copied(source)
    if source not in FILES:
        raise InvalidName("choose a product to copy, or an OCPP version")
    identity = {key: form.get(key) for key in _IDENTITY}
    version: OcppVersion = "1.6" if source == "1.6" else "2.0.1"
    return template(version, identity)


def _profiles() -> list[str]:
    return sorted({name for version in FILES for name in feature_catalog(version).profiles})


def _case_rows(assessed: Assessed, chosen: Form) -> list[CaseRow]:
    """The cases that match the words and the choice of a filter."""
    product, words, applies = assessed.product, chosen.get("q").lower().split(), chosen.get("applies")
    written = lab_selection.implemented(product.ocpp_version)
    found: list[CaseRow] = []
    for case in select(product):
        why = titled(case.reason.removeprefix("not applicable: "), product.feature_catalog)
        text = f"{case.id} {case.name} {case.profile} {why}".lower()
        if applies in ("", "yes" if case.applies else "no") and all(word in text for word in words):
            found.append(CaseRow(case, why, case.id in written))
    return found


def _download(data: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=f"{kind}; charset=utf-8", headers=headers)
