"""OCSP over HTTP (RFC 6960, appendix A): the server of a responder."""

import base64
import binascii
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REQUEST_TYPE: Final = "application/ocsp-request"
RESPONSE_TYPE: Final = "application/ocsp-response"

Respond = Callable[[bytes], bytes]
"""The response to a request, both in DER."""


def ocsp_application(responders: Mapping[str, Respond]) -> Starlette:
    """The web application of some responders, by the paths of their URLs, such as ``/v2g``."""
    routes = []
    for path, respond in responders.items():
        routes += [
            Route(path, _post(respond), methods=["POST"]),
            Route(f"{path}/{{request:path}}", _get(respond), methods=["GET"]),
        ]
    return Starlette(routes=routes)


def _post(respond: Respond) -> Callable[[Request], object]:
    async def post(request: Request) -> Response:
        if request.headers.get("Content-Type") != REQUEST_TYPE:
            problem = f"the Content-Type of an OCSP request is {REQUEST_TYPE}\n"
            return Response(problem, HTTPStatus.UNSUPPORTED_MEDIA_TYPE.value)
        return _response(respond(await request.body()))

    return post


def _get(respond: Respond) -> Callable[[Request], object]:
    """The request is the last part of the path, in base64, percent-encoded."""

    async def get(request: Request) -> Response:
        try:
            der = base64.b64decode(request.path_params["request"], validate=True)
        except binascii.Error:
            der = b""  # which the responder answers as malformed
        return _response(respond(der))

    return get


def _response(der: bytes) -> Response:
    return Response(der, media_type=RESPONSE_TYPE)
