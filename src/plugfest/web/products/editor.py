"""The editor of a PICS file of the user: as a form, and as text.

The pages hold the text on which their fields are based, so that nothing that was typed is lost when the file changes
meanwhile, and so that changes that are not saved move from the form to the text and back.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from plugfest.products import ProductError
from plugfest.products.features import FeatureCatalog
from plugfest.reports.files import NotReadable, NotWritable
from plugfest.web.forms import Form, read_form
from plugfest.web.own_files import FileChanged, OwnFiles, Stored
from plugfest.web.pages import fragment, long_fragment, long_page, page
from plugfest.web.products.assessment import Assessed, assess
from plugfest.web.products.changes import Changed, with_changes
from plugfest.web.products.evse_rows import is_row_action, with_row_action
from plugfest.web.products.notes import Notes, notes
from plugfest.web.products.values import initial

_PATH: Final = "/products/{name}"
_CURRENT: Final = "/products"


class Edited(msgspec.Struct, frozen=True):
    """A form with its fields, applied to the text that it is based on."""

    form: Form
    base: Assessed
    changed: Changed
    now: Assessed


class Editor:
    """The routes of the editor."""

    def __init__(self, own: OwnFiles) -> None:
        self._own = own

    def routes(self) -> Sequence[BaseRoute]:
        """Its pages."""
        return [
            Route(f"{_PATH}/edit", self._form, methods=["GET"]),
            Route(f"{_PATH}/edit", self._save_form, methods=["POST"]),
            Route(f"{_PATH}/check", self._check, methods=["POST"]),
            Route(f"{_PATH}/text", self._text, methods=["GET"]),
            Route(f"{_PATH}/text", self._save_text, methods=["POST"]),
            Route(f"{_PATH}/text/check", self._check_text, methods=["POST"]),
        ]

    # The form

    async def _form(self, request: Request) -> Response:
        name = self._name(request)
        stored = self._stored(name)
        try:
            assessed = assess(name, stored.data)
        except ProductError:  # only the text can be edited
            return RedirectResponse(f"/products/{name}/text", HTTPStatus.SEE_OTHER.value)
        fields = initial(assessed.source.pics, assessed.product)
        edited = Edited(fields, assessed, Changed(assessed.source.file.text, ()), assessed)
        return await self._form_page(name, edited, stored.version)

    async def _save_form(self, request: Request) -> Response:
        name, form = self._name(request), await read_form(request)
        action, version = form.get("action"), form.get("version")
        try:
            edited = await _edited(name, with_row_action(form, action) if is_row_action(action) else form)
        except ProductError as error:  # the text behind the form was altered
            return self._text_page(name, _text_of(form, "base"), version, error)
        if is_row_action(action):
            return await self._form_page(name, edited, version)
        if edited.changed.invalid:
            return await self._form_page(name, edited, version, HTTPStatus.UNPROCESSABLE_ENTITY)
        if action == "text":
            return self._text_page(name, edited.changed.text, version)
        try:
            self._save(name, edited.changed.text, None if action == "overwrite" else version)
        except FileChanged:
            return await self._form_page(name, edited, version, HTTPStatus.CONFLICT)
        return RedirectResponse(f"/products/{name}?saved", HTTPStatus.SEE_OTHER.value)

    async def _check(self, request: Request) -> Response:
        """What stands beside the fields, for the present values."""
        name, form = self._name(request), await read_form(request)
        try:
            edited = await _edited(name, form)
        except ProductError as error:
            return PlainTextResponse(str(error), HTTPStatus.UNPROCESSABLE_ENTITY.value)
        found = await self._notes(name, edited)
        return HTMLResponse(await long_fragment("products/check.html", notes=found))

    async def _form_page(
        self, name: str, edited: Edited, version: str, status: HTTPStatus = HTTPStatus.OK
    ) -> HTMLResponse:
        return await long_page(
            "products/edit.html",
            current=_CURRENT,
            status=status,
            name=name,
            version=version,
            unsaved=edited.changed.text != self._saved_text(name),
            base=edited.base.source.file.text,
            form=edited.form,
            notes=await self._notes(name, edited),
            product=edited.base.product,
            catalog=edited.base.product.feature_catalog,
            errata=_errata(edited.base.product.feature_catalog),
            changed_meanwhile=status is HTTPStatus.CONFLICT,
        )

    async def _notes(self, name: str, edited: Edited) -> Notes:
        try:
            before = assess(name, self._stored(name).data).cases
        except ProductError:
            before = edited.base.cases
        return await notes(edited.now, edited.form, before, edited.changed.invalid)

    # The text

    async def _text(self, request: Request) -> Response:
        name = self._name(request)
        stored = self._stored(name)
        return self._text_page(name, self._saved_text(name), stored.version)

    async def _save_text(self, request: Request) -> Response:
        name, form = self._name(request), await read_form(request)
        text, version, action = _text_of(form, "text"), form.get("version"), form.get("action")
        try:
            assessed = assess(name, text.encode())
        except ProductError as error:
            return self._text_page(name, text, version, error, HTTPStatus.UNPROCESSABLE_ENTITY)
        if action == "form":
            fields = initial(assessed.source.pics, assessed.product)
            return await self._form_page(name, Edited(fields, assessed, Changed(text, ()), assessed), version)
        try:
            self._save(name, text, None if action == "overwrite" else version)
        except FileChanged:
            return self._text_page(name, text, version, status=HTTPStatus.CONFLICT)
        return RedirectResponse(f"/products/{name}?saved", HTTPStatus.SEE_OTHER.value)

    async def _check_text(self, request: Request) -> Response:
        name, form = self._name(request), await read_form(request)
        return HTMLResponse(fragment("products/text_check.html", **_text_state(name, _text_of(form, "text"))))

    def _text_page(
        self,
        name: str,
        text: str,
        version: str,
        error: ProductError | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        return page(
            "products/text.html",
            current=_CURRENT,
            status=status,
            name=name,
            text=text,
            version=version,
            unsaved=text != self._saved_text(name),
            refused=error is not None,
            changed_meanwhile=status is HTTPStatus.CONFLICT,
            **_text_state(name, text),
        )

    # Both

    def _save(self, name: str, text: str, version: str | None) -> None:
        try:
            self._own.save(name, text.encode(), version)
        except (NotReadable, NotWritable) as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None

    def _stored(self, name: str) -> Stored:
        """Raises HTTPException."""
        try:
            return self._own.read(name)
        except NotReadable as error:
            raise HTTPException(HTTPStatus.CONFLICT.value, str(error)) from None

    def _saved_text(self, name: str) -> str:
        return self._stored(name).data.decode("utf-8-sig", errors="replace")

    def _name(self, request: Request) -> str:
        name: str = request.path_params["name"]
        if not self._own.has(name):
            raise HTTPException(HTTPStatus.NOT_FOUND.value)
        return name


async def _edited(name: str, form: Form) -> Edited:
    """Raises ProductError if the text behind the form is not a PICS."""
    base = assess(name, _text_of(form, "base").encode())
    await asyncio.sleep(0)  # other requests are handled in between
    changed = with_changes(base, form)
    await asyncio.sleep(0)
    return Edited(form, base, changed, assess(name, changed.text.encode()))


def _text_of(form: Form, field: str) -> str:
    """A text of several lines in a form."""
    return form.text(field).rstrip("\n") + "\n"


def _text_state(name: str, text: str) -> dict[str, object]:
    """What is wrong with a text, by line, and how many cases apply."""
    try:
        assessed = assess(name, text.encode(errors="replace"))
    except ProductError as error:
        return {"problems": error.problems, "cases": None}
    return {"problems": assessed.located(), "cases": assessed.cases}


def _errata(catalog: FeatureCatalog) -> list[str]:
    return list(reversed(catalog.errata))
