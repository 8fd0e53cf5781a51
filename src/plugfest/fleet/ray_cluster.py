"""The processes of a fleet on a Ray cluster: an actor on a processor of a node for each share (extra `ray`)."""

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncIterator, Sequence
from importlib.metadata import version
from typing import Any, Final

import msgspec

from plugfest.fleet.open_files import check_limit, raise_limit
from plugfest.fleet.plan import PlanError, Share
from plugfest.fleet.worker import Worker, WorkerFailed, WorkerReport
from plugfest.fleet.workers import Workers

try:
    import ray
    from ray.exceptions import RayError
except ImportError:
    raise PlanError("--ray needs the package ray: pip install 'plugfest[ray]'") from None

START_TIMEOUT: Final = 60.0
"""Seconds until every actor has to run."""

CONNECT_TIMEOUT: Final = 5.0
"""Seconds in which the cluster has to accept a connection."""

CLOSE_TIMEOUT: Final = 60.0
"""Seconds that the stations of an actor may take to shut down."""

_INSTALL: Final = "install the same version everywhere"
_NOT_IMPORTED: Final = "failed to import on the worker"
_COLOUR: Final = re.compile("\x1b\\[[0-9;]*m")


class _FleetActor:
    """Runs a share in the event loop of an actor. Shares and reports travel as JSON."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._preparing: asyncio.Task[None] | None = None

    async def software(self) -> str:
        return version("plugfest")

    async def prepare(self, share_json: bytes) -> None:
        share = msgspec.json.decode(share_json, type=Share)
        check_limit([share], raise_limit())
        self._worker = Worker(share)
        self._preparing = asyncio.create_task(self._worker.prepare())

    async def begin(self) -> None:
        assert self._worker is not None
        self._worker.begin()

    async def report(self) -> bytes:
        assert self._worker is not None
        assert self._preparing is not None
        if self._preparing.done():
            self._preparing.result()
        return msgspec.json.encode(self._worker.report())

    async def close(self) -> None:
        if self._worker is not None and self._preparing is not None:
            self._preparing.cancel()
            await self._worker.close()


class RayActor:
    """An actor (`workers.WorkerConnection`)."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def begin(self) -> None:
        await _answer(self._actor.begin.remote())

    async def report(self) -> WorkerReport:
        return msgspec.json.decode(await _answer(self._actor.report.remote()), type=WorkerReport)

    async def close(self) -> WorkerReport:
        last = await self.report()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await _answer(self._actor.close.remote())
        return last


def processors(address: str) -> int:
    """How many processors the cluster has. Raises PlanError."""
    _connect(address)
    return max(int(ray.cluster_resources().get("CPU", 0)), 1)


@contextlib.asynccontextmanager
async def ray_workers(address: str, shares: Sequence[Share]) -> AsyncIterator[Workers]:
    """An actor for each share during the block, spread over the nodes of the cluster.

    Raises PlanError, WorkerFailed.
    """
    actors: list[Any] = []
    try:
        available = processors(address)
        if len(shares) > available:
            raise PlanError(f"--jobs {len(shares)}: the cluster has {available} processors, and a process needs one")
        remote = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(_FleetActor)
        actors += [remote.remote() for _ in shares]
        await _prepare(actors, shares)
        yield Workers([RayActor(actor) for actor in actors])
    finally:
        for actor in actors:
            ray.kill(actor)
        ray.shutdown()


async def _prepare(actors: Sequence[Any], shares: Sequence[Share]) -> None:
    try:
        async with asyncio.timeout(START_TIMEOUT):
            found = set(await asyncio.gather(*(_answer(actor.software.remote()) for actor in actors)))
    except TimeoutError:
        raise PlanError(f"the cluster has no free processor for {len(actors)} processes: see `ray status`") from None
    if found != {version("plugfest")}:
        raise PlanError(
            f"the nodes of the cluster have Plugfest {', '.join(sorted(found))}, this computer has"
            f" {version('plugfest')}: {_INSTALL}"
        )
    await asyncio.gather(
        *(
            _answer(actor.prepare.remote(msgspec.json.encode(share)))
            for actor, share in zip(actors, shares, strict=True)
        )
    )


async def _answer(reference: Any) -> Any:
    """The answer of an actor. Raises WorkerFailed."""
    try:
        return await reference
    except RayError as error:
        raise WorkerFailed(_reason(error)) from None


def _reason(error: RayError) -> str:
    """Why an actor has failed, on one line: the text of Ray has a traceback."""
    text = str(getattr(error, "cause", None) or error)
    if _NOT_IMPORTED in text:
        return f"the nodes of the Ray cluster do not have this version of Plugfest: {_INSTALL}"
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    return f"a process on the Ray cluster failed: {lines[-1] if lines else type(error).__name__}"


def _connect(address: str) -> None:
    """Connect this process to the cluster, once. Raises PlanError."""
    if ray.is_initialized():
        return
    _check_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise PlanError(f"--ray {address}: {reason}") from None


def _check_reachable(address: str) -> None:
    """Check that something listens at an address HOST:PORT: Ray would try for minutes. Raises PlanError."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        return  # "auto", or an address that Ray finds out
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PlanError(f"--ray {address}: no Ray cluster can be reached there: {reason}") from None
