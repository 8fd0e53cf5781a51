"""The authorization cache: a cached idTag starts at once, until the cache is cleared."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.remote_actions import authorize_remote_starts
from plugfest.lab.v16.cases.core.start_session import connection_timed_out
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.memory.id_tag import id_tag_cached
from plugfest.lab.v16.states.authorized import AUTHORIZE_REMOTE_ENABLED, authorized, no_authorize_request
from plugfest.lab.v16.states.charging import charging_starts, plugged_in
from plugfest.ocpp.v16 import messages as m

CACHE_ENABLED = {"AuthorizationCacheEnabled": "true", "LocalPreAuthorize": "true"}


async def starts_without_authorize(bench: Bench, how: str, *, first_step: int = 1) -> None:
    """Preparing, plug in, StartTransaction and Charging, without an Authorize."""
    await authorized(bench.step(first_step), how=how, expect_authorize=False)
    await plugged_in(bench.step(first_step + 2))
    await charging_starts(bench.step(first_step + 3))
    await no_authorize_request(bench)


@case(
    "TC_007_1_CS",
    requirements=("section 3.5.1", "section 9.1.13"),
    configuration=CACHE_ENABLED,
    before=id_tag_cached,
)
async def cached_at_the_reader(bench: Bench) -> None:
    await starts_without_authorize(bench, "local")


@case(
    "TC_007_2_CS",
    requirements=("section 3.5.1", "section 5.11", "section 9.1.13"),
    configuration=CACHE_ENABLED | AUTHORIZE_REMOTE_ENABLED,
    before=id_tag_cached,
)
async def cached_and_started_from_the_csms(bench: Bench) -> None:
    """Derived from 5.11: a remote start that is authorized like a local one needs no Authorize either."""
    await starts_without_authorize(bench, "remote")


async def cache_cleared(bench: Bench, how: str) -> None:
    """After the cache is cleared, a cached idTag needs an Authorize again."""
    await authorized(bench.step(1), how=how)
    await connection_timed_out(bench.step(3))
    bench.csms.inbox.set_mark()
    await bench.step(5, "section 5.4").call(m.ClearCacheRequest(), status="Accepted")
    await authorized(bench.step(7), how=how, expect_authorize=True)


@case("TC_061_1_CS", requirements=("section 3.5.1", "section 5.4"), configuration=CACHE_ENABLED)
async def cleared(bench: Bench) -> None:
    await cache_cleared(bench, "local")


def cache_and_authorize_remote(bench: Bench) -> tuple[Need, ...]:
    """The cache is enabled, and remote starts are authorized: only then they use the cache."""
    return needs(CACHE_ENABLED) + authorize_remote_starts(bench)


@case(
    "TC_061_2_CS",
    requirements=("section 3.5.1", "section 5.4", "section 5.11"),
    configuration=cache_and_authorize_remote,
)
async def cleared_and_started_from_the_csms(bench: Bench) -> None:
    """Derived from TC_061_1: the document has only the ClearCache steps."""
    await cache_cleared(bench, "remote")
