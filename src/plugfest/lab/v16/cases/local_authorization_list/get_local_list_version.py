"""GetLocalListVersion."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import Need, needs
from plugfest.lab.v16.memory.id_tag import EMPTY, LIST_ENABLED, NO_LIST, full_list, id_tag_local_auth_list, list_version
from plugfest.ocpp.v16 import messages as m

ENABLED = "LocalAuthListEnabled"


def list_disabled(bench: Bench) -> tuple[Need, ...]:
    """The list is disabled. A station where it cannot be disabled cannot be tested."""
    return needs({ENABLED: "false"}, if_implemented=not bench.configuration.has(ENABLED))


@case("TC_042_1_CS", requirements=("section 5.10",), configuration=list_disabled)
async def not_supported(bench: Bench) -> None:
    await bench.step(1).call_or_error(m.GetLocalListVersionRequest(), "NotSupported", list_version=NO_LIST)


@case(
    "TC_042_2_CS",
    requirements=("section 5.10", "section 6.41"),
    configuration=LIST_ENABLED,
    before=id_tag_local_auth_list,
)
async def empty(bench: Bench) -> None:
    """The list has an idTag before the update, which removes it. A full update accepts any version (7.47)."""
    await bench.step(1).call(full_list(1), status="Accepted")
    await list_version(bench.step(3), EMPTY)
