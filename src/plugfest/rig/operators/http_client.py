"""Hands behind HTTP: one POST for each act, and what it means when it fails."""

import asyncio
from types import TracebackType
from typing import Self

import httpx
import msgspec

from plugfest.lab.verdict import OperatorFailed, OperatorTooSlow

NOT_OFFERED = frozenset({404, 405, 501})
"""Answers that say that there is no such act."""

STARTING = 10.0
"""Seconds in which a fixture that is started together with the lab comes up."""

LONGEST_REASON = 200
"""Characters of an answer that are worth repeating."""


class _Problem(msgspec.Struct):
    error: str


class HttpClient:
    """POSTs to paths below one address. An answer of the 2xx kind says that the act is done.

    `timeout` in seconds is for one call.
    """

    def __init__(self, base_url: str, *, timeout: float) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        # Fixtures are in the same room: neither a proxy of the environment nor its credentials are meant for them.
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        """Find out whether somebody is there at all, whatever he says. Raises HandsFailed."""
        deadline = asyncio.get_running_loop().time() + STARTING
        while True:
            try:
                await self._client.get(self.base_url)
            except httpx.HTTPError as error:
                if asyncio.get_running_loop().time() >= deadline:
                    await self._client.aclose()
                    raise self._out_of_reach(error) from None
                await asyncio.sleep(1)
            else:
                return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, path: str, query: dict[str, str] | None = None, body: object = None) -> None:
        """Have something done. `body` is sent as JSON, unless it is None. Raises HandsFailed."""
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            response = await self._client.post(
                f"{self.base_url}/{path}", params=query, content=content, headers=headers
            )
        except httpx.TimeoutException:
            raise OperatorTooSlow(f"{self.base_url}/{path} did not answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise self._out_of_reach(error) from None
        if response.status_code in NOT_OFFERED:
            raise OperatorFailed(f"{self.base_url} does not offer {path}: it answered {response.status_code}")
        if not response.is_success:
            raise OperatorFailed(f"{self.base_url}/{path} answered {response.status_code}{_reason(response)}")

    def _out_of_reach(self, error: httpx.HTTPError) -> OperatorFailed:
        return OperatorFailed(f"{self.base_url} cannot be reached: {str(error) or type(error).__name__}")


def _reason(response: httpx.Response) -> str:
    """What the answer says, on one line."""
    try:
        said = msgspec.json.decode(response.content, type=_Problem).error
    except msgspec.MsgspecError:
        said = response.text
    line = " ".join(said.split())[:LONGEST_REASON]
    return f": {line}" if line else ""
