"""The HTTP client of the operator drivers: one POST per operator action, errors that name the reason, and a query."""

import asyncio
from types import TracebackType
from typing import Final, Self

import httpx
import msgspec

from plugfest.lab.verdict import CableHeld, NotCapable, OperatorFailed, OperatorTooSlow

NOT_SUPPORTED = frozenset({404, 405, 501})
"""The status codes for an action that the fixture does not support."""

LOCKED = 423
"""The status code with which a fixture answers that the cable is locked."""

START_TIMEOUT = 10.0
"""Seconds that a fixture may take to start: it may be started together with the lab."""

MAX_REASON_LENGTH = 200
"""Longer answers are cut in the findings."""


_NOT_JSON: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Problem(msgspec.Struct):
    error: str


class HttpClient:
    """Sends POST requests to paths below one address. Any 2xx answer means that the action is done.

    `timeout` is that of one request, in seconds. `token`: sent with each request as a bearer token.
    """

    def __init__(self, base_url: str, *, timeout: float, token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        # Fixtures are on the local network: no proxy or credentials from the environment.
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False, headers=headers)

    async def __aenter__(self) -> Self:
        """Wait until the address answers, with any status code. Raises OperatorFailed."""
        deadline = asyncio.get_running_loop().time() + START_TIMEOUT
        while True:
            try:
                await self._client.get(self.base_url)
            except httpx.HTTPError as error:
                if asyncio.get_running_loop().time() >= deadline:
                    await self._client.aclose()
                    raise self._unreachable(error) from None
                await asyncio.sleep(1)
            else:
                return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, path: str, query: dict[str, str] | None = None, body: object = None) -> None:
        """Request an action. `body` is sent as JSON unless it is None.

        Raises OperatorFailed, NotCapable if there is no such action, OperatorTooSlow.
        """
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            response = await self._client.post(
                f"{self.base_url}/{path}", params=query, content=content, headers=headers
            )
        except httpx.TimeoutException:
            raise OperatorTooSlow(f"{self.base_url}/{path} did not answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None
        if response.status_code in NOT_SUPPORTED:
            raise NotCapable(f"{self.base_url} does not support {path}: it answered {response.status_code}")
        if response.status_code == LOCKED:
            raise CableHeld(f"{self.base_url}/{path} answered {LOCKED}{_reason(response)}")
        if not response.is_success:
            raise OperatorFailed(f"{self.base_url}/{path} answered {response.status_code}{_reason(response)}")

    async def get_names(self, path: str) -> frozenset[str] | None:
        """The JSON array of strings at a path; None if the answer is anything else, or none."""
        try:
            response = await self._client.get(f"{self.base_url}/{path}")
            return msgspec.json.decode(response.content, type=frozenset[str]) if response.is_success else None
        except (httpx.HTTPError, *_NOT_JSON):
            return None

    async def get_lines(self, path: str) -> list[str]:
        """The JSON array of strings at a path. Raises OperatorFailed, NotCapable if there is no such path."""
        try:
            response = await self._client.get(f"{self.base_url}/{path}")
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None
        if response.status_code in NOT_SUPPORTED:
            raise NotCapable(f"{self.base_url} does not support {path}: it answered {response.status_code}")
        if not response.is_success:
            raise OperatorFailed(f"{self.base_url}/{path} answered {response.status_code}{_reason(response)}")
        try:
            return msgspec.json.decode(response.content, type=list[str])
        except _NOT_JSON as error:
            raise OperatorFailed(f"{self.base_url}/{path} did not answer with an array of strings: {error}") from None

    def _unreachable(self, error: httpx.HTTPError) -> OperatorFailed:
        return OperatorFailed(f"{self.base_url} cannot be reached: {str(error) or type(error).__name__}")


def _reason(response: httpx.Response) -> str:
    """The error in the answer, on one line."""
    try:
        text = msgspec.json.decode(response.content, type=_Problem).error
    except _NOT_JSON:
        text = response.text
    line = " ".join(text.split())[:MAX_REASON_LENGTH]
    return f": {line}" if line else ""
