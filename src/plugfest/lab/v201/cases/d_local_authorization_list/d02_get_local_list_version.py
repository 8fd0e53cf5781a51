"""D02 Get Local List Version: the version that the CSMS has sent, 0 while the list is disabled."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.memory.local_list import LIST_ENABLED, VERSION, id_token_local_auth_list
from plugfest.ocpp.v201 import messages as m

NO_LIST = 0
"""The versionNumber if there is no list (D02.FR.02, D02.FR.03)."""


@case("TC_D_08_CS", requirements=("D02.FR.01",), configuration=LIST_ENABLED, before=id_token_local_auth_list)
async def success(bench: Bench) -> None:
    await bench.step(1).call(m.GetLocalListVersionRequest(), version_number=VERSION)


async def list_disabled(bench: Bench) -> None:
    """Disable the list. A station that cannot disable it cannot be tested."""
    disabled = needs({"LocalAuthListCtrlr.Enabled": "false"}, if_implemented=False)
    await bench.configuration.establish(disabled)


# Without a list before, a station that ignores LocalAuthListEnabled would also answer 0.
@case("TC_D_10_CS", requirements=("D02.FR.03",), before=(id_token_local_auth_list, list_disabled))
async def function_disabled(bench: Bench) -> None:
    await bench.step(1).call(m.GetLocalListVersionRequest(), version_number=NO_LIST)
