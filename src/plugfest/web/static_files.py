"""The scripts, styles and pictures of the pages: read once, sent compressed, and kept by browsers until they change."""

import gzip
import hashlib
import mimetypes
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PATH: Final = "/static"
VERSION: Final = "v"
KEPT: Final = "private, max-age=31536000, immutable"
"""The Cache-Control of a file at the address with its version: another content has another address."""

_CODING: Final = "gzip"


class StaticFile(msgspec.Struct, frozen=True):
    """A file with its content, also compressed. `version` identifies the content."""

    content: bytes
    compressed: bytes
    media_type: str

    @property
    def version(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:12]


@cache
def static_files() -> dict[str, StaticFile]:
    """The files by their names."""
    found: dict[str, StaticFile] = {}
    for file in (resources.files("plugfest.web") / "static").iterdir():
        content, kind = file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain"
        found[file.name] = StaticFile(content, gzip.compress(content, mtime=0), kind)
    return found


@cache
def static_url(name: str) -> str:
    """The address of a file in a page."""
    return f"{PATH}/{name}?{VERSION}={static_files()[name].version}"


async def send(request: Request) -> Response:
    """The file that the path names."""
    file = static_files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND.value)
    headers = {"Vary": "Accept-Encoding"}
    if request.query_params.get(VERSION) == file.version:
        headers["Cache-Control"] = KEPT
    if _CODING not in request.headers.get("Accept-Encoding", ""):
        return Response(file.content, media_type=file.media_type, headers=headers)
    return Response(file.compressed, media_type=file.media_type, headers={**headers, "Content-Encoding": _CODING})
