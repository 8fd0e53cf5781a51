"""C11 Clear Authorization Data in Authorization Cache: accepted, or rejected if the cache is disabled.

In Edition 4 (after Part 6 of OCPP 2.1 Edition 2) the EV of TC_C_37 is plugged in after the authorization.
"""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import CACHE_ENABLED
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.memory.id_token import id_token_cached
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session, parking_bay_occupied
from plugfest.ocpp.v201 import messages as m


# Part 6 leaves LocalPreAuthorize false. Then the station always sends an AuthorizeRequest, even with a full cache.
@case(
    "TC_C_37_CS",
    requirements=("C11.FR.01", "C11.FR.02", "C11.FR.03"),
    configuration=CACHE_ENABLED,
    before=id_token_cached,
)
async def accepted(bench: Bench) -> None:
    await bench.step(1).call(m.ClearCacheRequest(), status="Accepted")
    await parking_bay_occupied(bench.step(3))
    await ev_connected_pre_session(bench.step(4))
    await authorized(bench.step(5), expect_authorize=True)
    await energy_transfer_started(bench.step(9))


async def cache_disabled(bench: Bench) -> None:
    """Disable the cache. A station that cannot disable it cannot be tested."""
    await bench.configuration.establish(needs({"AuthCacheCtrlr.Enabled": "false"}, if_implemented=False))


@case(
    "TC_C_38_CS",
    requirements=("C11.FR.01", "C11.FR.02", "C11.FR.04"),
    configuration=CACHE_ENABLED,
    before=(id_token_cached, cache_disabled),
)
async def rejected(bench: Bench) -> None:
    await bench.step(1).call(m.ClearCacheRequest(), status="Rejected")
