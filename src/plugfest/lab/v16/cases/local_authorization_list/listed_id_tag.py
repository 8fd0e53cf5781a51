"""An idTag in the local authorization list starts without an Authorize."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.cases.core.authorization_cache import starts_without_authorize
from plugfest.lab.v16.memory.id_tag import LIST_ENABLED, full_list, list_version
from plugfest.lab.v16.states.authorized import AUTHORIZE_REMOTE_ENABLED

ONLY_THE_LIST = {"LocalPreAuthorize": "true", "AuthorizationCacheEnabled": "false"} | LIST_ENABLED


async def listed(bench: Bench, how: str) -> None:
    """Send the list; the idTag starts with nothing but the list."""
    version = await list_version(bench.step(1)) + 1
    await bench.step(3).call(full_list(version, bench.tokens.valid), status="Accepted")
    await starts_without_authorize(bench, how, first_step=5)


@case("TC_008_1_CS", requirements=("section 3.5.2", "section 9.1.13"), configuration=ONLY_THE_LIST)
async def listed_at_the_reader(bench: Bench) -> None:
    await listed(bench, "local")


@case(
    "TC_008_2_CS",
    requirements=("section 3.5.2", "section 5.11", "section 9.1.13"),
    configuration=ONLY_THE_LIST | AUTHORIZE_REMOTE_ENABLED,
)
async def listed_and_started_from_the_csms(bench: Bench) -> None:
    """Derived from 5.11: a remote start that is authorized like a local one uses the list too."""
    await listed(bench, "remote")
