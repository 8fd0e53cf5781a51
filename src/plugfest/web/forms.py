"""The fields of a form that a page has sent."""

from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_FORM: Final = 1_000_000
"""In bytes."""


class Form:
    """The fields by name; a field may have several values."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field, without space around it."""
        values = self.all(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[str]:
        return [value.strip() for field, value in self._fields if field == name]


async def read_form(request: Request) -> Form:
    """The form in a request. Raises HTTPException if it is too large or cannot be read."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_FORM:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value, f"at most {MAX_FORM} bytes are accepted")
    try:
        return Form(parse_qsl(data.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST.value, "the form cannot be read") from None
