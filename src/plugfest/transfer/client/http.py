"""HTTP and HTTPS."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Final
from uuid import uuid4

import httpx

from plugfest.transfer.client.progress import Upload
from plugfest.transfer.errors import TransferFailed, TransferFault, transfer_error
from plugfest.transfer.location import Location

_CONTENT_TYPE: Final = "application/octet-stream"

_NO_PUT: Final = (405, 501)

_SAME_METHOD: Final = (307, 308)

_MAX_REDIRECTS: Final = 5

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
        async with _client(tls) as client, _sent(client, location, "GET", _url(location)) as response:
            _check(response)
            # Not decoded: the request asks for the identity, and a small body could become an endless one.
            async for block in response.aiter_raw():
                yield block


async def upload(location: Location, tls: ssl.SSLContext, file: Upload) -> None:
    """Upload with PUT, or with POST if the server does not support PUT (N01.FR.18).

    Redirects that keep the method are followed.
    """
    target = location.inside(file.name) if location.encoded_path.endswith("/") else location
    with _translate_errors():
        async with _client(tls) as client:
            headers = {"Content-Type": _CONTENT_TYPE, "Content-Length": str(file.size)}
            async with _sent(client, location, "PUT", _url(target), headers, file.blocks) as response:
                if response.status_code not in _NO_PUT:
                    _check(response)
                    return
            await _post(client, location, file)


async def _post(client: httpx.AsyncClient, location: Location, file: Upload) -> None:
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
    async with _sent(client, location, "POST", _url(location), headers, form) as response:
        _check(response)


@asynccontextmanager
async def _sent(
    client: httpx.AsyncClient,
    location: Location,
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str] = MappingProxyType({}),
    content: Callable[[], AsyncIterator[bytes]] | None = None,
) -> AsyncIterator[httpx.Response]:
    """Send a request and follow redirects. The credentials of `location` are sent to its own server only."""
    first = url
    for _ in range(_MAX_REDIRECTS + 1):
        request = client.build_request(method, url, headers=headers, content=None if content is None else content())
        response = await client.send(request, stream=True, auth=_credentials(location, first, url))
        try:
            target = _redirect(response, method)
            if target is None:
                yield response
                return
        finally:
            await response.aclose()
        if url.scheme == "https" and target.scheme != "https":
            raise TransferFailed(TransferFault.INSECURE, "the server redirects to a URL without TLS")
        url = target
    raise TransferFailed(TransferFault.FAILED, f"more than {_MAX_REDIRECTS} redirects")


def _credentials(location: Location, first: httpx.URL, url: httpx.URL) -> tuple[str, str] | None:
    same_server = (first.scheme, first.host, first.port) == (url.scheme, url.host, url.port)
    return (location.user, location.password or "") if location.user is not None and same_server else None


def _redirect(response: httpx.Response, method: str) -> httpx.URL | None:
    """Where the response redirects a request with this method; None: nowhere."""
    followed = response.is_redirect if method == "GET" else response.status_code in _SAME_METHOD
    if not followed or response.next_request is None:
        return None
    return response.next_request.url


def _client(tls: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(
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
        raw_path=location.encoded_path.encode() + (f"?{location.query}".encode() if location.query else b""),
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
    """The OSError behind an exception of httpx: the last of the chain, which has the reason."""
    found = OSError(str(error))
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            found = cause
        # A group has one for each address of the host.
        behind = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__
        cause = behind or cause.__context__
    return found
