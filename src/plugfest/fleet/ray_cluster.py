"""The processes of a fleet on a Ray cluster: an actor on a processor of a node for each share (extra `ray`)."""

import asyncio
import contextlib
import logging
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

CLOSE_TIMEOUT: Final = 60.0
"""Seconds that the stations of an actor may take to shut down."""


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
    """An actor for each share during the block, spread over the nodes of the cluster. Raises PlanError."""
    available = processors(address)
    if len(shares) > available:
        raise PlanError(f"--jobs {len(shares)}: the cluster has {available} processors, and a process needs one")
    remote = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(_FleetActor)
    actors = [remote.remote() for _ in shares]
    try:
        await _prepare(actors, shares)
        yield Workers([RayActor(actor) for actor in actors])
    except WorkerFailed as error:
        raise PlanError(str(error)) from None
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
            f" {version('plugfest')}: install the same version everywhere"
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
        cause = getattr(error, "cause", None) or error
        reason = (str(cause).splitlines() or [type(cause).__name__])[0]
        raise WorkerFailed(f"a process on the Ray cluster failed: {reason}") from None


def _connect(address: str) -> None:
    """Connect this process to the cluster, once. Raises PlanError."""
    if ray.is_initialized():
        return
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise PlanError(f"--ray {address}: {reason}") from None
