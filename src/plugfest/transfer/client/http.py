"""HTTP and HTTPS."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import httpx

from plugfest.transfer.client.progress import Upload
from plugfest.transfer.errors import TransferFailed, TransferFault, transfer_error
from plugfest.transfer.location import Location

_CONTENT_TYPE: Final = "application/octet-stream"

_NO_PUT: Final = (405, 501)

_FAULTS: Final = {
    400: TransferFault.BAD_MESSAGE,
    401: TransferFault.DENIED,
    403: TransferFault.DENIED,
    404: TransferFault.NOT_FOUND,
    405: TransferFault.NOT_SUPPORTED,
    407: TransferFault.DENIED,
    410: TransferFault.NOT_FOUND,
    411: TransferFault.BAD_MESSAGE,
    413: TransferFault.TOO_LARGE,
    415: TransferFault.BAD_MESSAGE,
    422: TransferFault.BAD_MESSAGE,
    501: TransferFault.NOT_SUPPORTED,
}


async def download(location: Location, tls: ssl.SSLContext) -> AsyncGenerator[bytes, None]:
    """Download with GET; redirects are followed."""
    with _translate_errors():
        async with (
            _client(location, tls) as client,
            client.stream("GET", _url(location), follow_redirects=True) as response,
        ):
            _check(response)
            async for block in response.aiter_bytes():
                yield block


async def upload(location: Location, tls: ssl.SSLContext, file: Upload) -> None:
    """Upload with PUT, or with POST if the server does not support PUT (N01.FR.18)."""
    target = location.inside(file.name) if location.is_folder else location
    with _translate_errors():
        async with _client(location, tls) as client:
            headers = {"Content-Type": _CONTENT_TYPE, "Content-Length": str(file.size)}
            response = await client.put(_url(target), content=file.blocks(), headers=headers)
            if response.status_code in _NO_PUT:
                response = await _post(client, location, file)
            _check(response)


async def _post(client: httpx.AsyncClient, location: Location, file: Upload) -> httpx.Response:
    """Send the file as multipart form data with its name (N01.FR.19)."""
    boundary = uuid4().hex
    name = file.name.replace('"', "_")
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="uploadfile"; filename="{name}"\r\n'
        f"Content-Type: {_CONTENT_TYPE}\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    async def form() -> AsyncIterator[bytes]:
        yield head
        async for block in file.blocks():
            yield block
        yield tail

    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + file.size + len(tail)),
    }
    return await client.post(_url(location), content=form(), headers=headers)


def _client(location: Location, tls: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        auth=None if location.user is None else (location.user, location.password or ""),
        headers={"Accept-Encoding": "identity"},
        verify=tls,
        timeout=None,  # the ProgressMonitor has the timeout
        trust_env=False,
    )


def _url(location: Location) -> httpx.URL:
    return httpx.URL(
        scheme=location.scheme,
        host=location.host,
        port=location.port,
        path=quote(location.path),
        query=location.query.encode() or None,
    )


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    fault = _FAULTS.get(response.status_code, TransferFault.FAILED)
    raise TransferFailed(fault, f"HTTP {response.status_code} {response.reason_phrase}")


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except httpx.ConnectError as error:
        raise transfer_error(_cause(error)) from error
    except (httpx.ReadError, httpx.WriteError, httpx.CloseError) as error:
        raise TransferFailed(TransferFault.CONNECTION_LOST) from error
    except httpx.RemoteProtocolError as error:
        raise TransferFailed(TransferFault.CONNECTION_LOST, str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TransferFailed(TransferFault.BAD_MESSAGE, str(error)) from error


def _cause(error: BaseException) -> OSError:
    """The OSError cause an exception of httpx."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return OSError(str(error))
