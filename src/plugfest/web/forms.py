"""The fields of a form that a page has sent."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_FORM: Final = 1_000_000
"""In bytes."""


class Form:
    """The fields by name; a field may have several values."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field, without space around it."""
        values = self.all(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self._values.get(name, [])]

    def text(self, name: str) -> str:
        """A text of several lines as it was typed."""
        return self._values.get(name, [""])[-1]

    def having(self, name: str, values: Iterable[str]) -> "Form":
        """The form with other values of one field."""
        kept = (pair for pair in self.pairs() if pair[0] != name)
        return Form([*kept, *((name, value) for value in values)])

    def last_values(self) -> dict[str, str]:
        """The last value of each field, without space around it."""
        return {name: self.get(name) for name in self._values}

    def pairs(self) -> list[tuple[str, str]]:
        """Each name with each of its values."""
        return [(name, value) for name, values in self._values.items() for value in values]


async def read_body(request: Request) -> bytes:
    """The body of a request. Raises HTTPException if it is too large."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_FORM:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value, f"at most {MAX_FORM} bytes are accepted")
    return data


async def read_form(request: Request) -> Form:
    """The form in a request. Raises HTTPException if it is too large or cannot be read."""
    try:
        return Form(parse_qsl((await read_body(request)).decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST.value, "the form cannot be read") from None
