"""The authorization cache: whom it lets start at once, and what clearing it does."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.start_session import nobody_plugs_in
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.memory.id_tag import id_tag_cached
from plugfest.lab.v16.states.authorized import AUTHORIZE_REMOTE_ENABLED, authorized, no_authorize_request, present_token
from plugfest.lab.v16.states.charging import charging_starts, plugged_in
from plugfest.ocpp.v16 import messages as m

CACHE_IN_USE = {"AuthorizationCacheEnabled": "true", "LocalPreAuthorize": "true"}


async def starts_without_asking(bench: Bench, how: str, *, first: int = 1) -> None:
    """Preparing, plug in, StartTransaction, Charging, and not one Authorize. `first` is the number of the step."""
    await authorized(bench.step(first), how=how, expect_authorize=False)
    await plugged_in(bench.step(first + 2))
    await charging_starts(bench.step(first + 3))
    await no_authorize_request(bench)


@case(
    "TC_007_1_CS",
    requirements=("section 3.5.1", "section 9.1.13"),
    configuration=CACHE_IN_USE,
    before=id_tag_cached,
)
async def cached_at_the_reader(bench: Bench) -> None:
    await starts_without_asking(bench, "local")


@case(
    "TC_007_2_CS",
    requirements=("section 3.5.1", "section 5.11", "section 9.1.13"),
    configuration=CACHE_IN_USE | AUTHORIZE_REMOTE_ENABLED,
    before=id_tag_cached,
)
async def cached_and_started_from_the_csms(bench: Bench) -> None:
    """Derived: that nobody is asked is what 5.11 says of a remote start that is authorized like a local one."""
    await starts_without_asking(bench, "remote")


async def forgets(bench: Bench, how: str) -> None:
    """A token that was learnt is asked about again once the cache is cleared."""
    await authorized(bench.step(1), how=how)
    await nobody_plugs_in(bench.step(3))
    bench.csms.inbox.set_mark()
    await bench.step(5, "section 5.4").call(m.ClearCacheRequest(), status="Accepted")
    await present_token(bench.step(7), how=how, expect_authorize=True)


@case("TC_061_1_CS", requirements=("section 3.5.1", "section 5.4"), configuration=CACHE_IN_USE)
async def cleared(bench: Bench) -> None:
    await forgets(bench, "local")


def asked_from_afar(_: Bench) -> tuple[Need, ...]:
    """Only a remote start that is authorized at all shows what the cache knows."""
    return needs(CACHE_IN_USE) + needs(AUTHORIZE_REMOTE_ENABLED, if_implemented=False)


@case("TC_061_2_CS", requirements=("section 3.5.1", "section 5.4", "section 5.11"), configuration=asked_from_afar)
async def cleared_and_started_from_the_csms(bench: Bench) -> None:
    """Derived from its local twin: only the clearing is told of this one."""
    await forgets(bench, "remote")
