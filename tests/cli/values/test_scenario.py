"""When `plugfest station --exit` ends: what is outstanding has been answered."""

import asyncio
from pathlib import Path
from typing import Any

from tests.station.csms import Csms, refuse

from plugfest.cli.values.scenario import ChosenScenario
from plugfest.clock import run_simulated
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.products import load_product
from plugfest.scenarios.file import load_scenario
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.station.setup.provisioning import Settings

SCENARIO = """
summary = "A driver plugs in and leaves."

[[steps]]
do = "wait"
accepted = true
within = "5 min"

[[steps]]
do = "plug_in"
evse_id = 1

[[steps]]
do = "wait"
transaction = true
within = "5 min"

[[steps]]
do = "plug_out"
evse_id = 1
"""


class SlowCsms(Csms):
    """Needs a while for each answer."""

    async def _answer(self, request: Request[Any]) -> Response:
        await asyncio.sleep(8)
        return await super()._answer(request)


async def ended(csms: Csms, folder: Path) -> tuple[float, list[str]]:
    """How many seconds after the connection the command would end, and what it shows."""
    (folder / "mine.toml").write_text(SCENARIO)
    await csms.listen()
    settings = Settings(
        identity="CS001",
        csms_url=csms.url,
        password="a-password-of-16",
        security_profile=SecurityProfile.BASIC,
        variables={"TxCtrlr.TxStartPoint": "EVConnected"},
    )
    virtual = VirtualStation(load_product("reference-ac"), settings)
    virtual.power_on()
    lines: list[str] = []
    chosen = ChosenScenario(load_scenario(str(folder / "mine.toml")), 1, 1.0, exit_at_end=True)
    await chosen.perform(virtual, lines.append)
    seconds = asyncio.get_running_loop().time() - csms.connected_at[0]
    await virtual.close()
    await csms.server.close()
    return seconds, lines


def test_it_ends_soon_after_the_last_answer(tmp_path: Path) -> None:
    csms = Csms()
    seconds, lines = run_simulated(ended(csms, tmp_path))
    assert seconds < 5
    assert lines[-1] == "scenario: ended"
    assert [each.event_type for each in csms.all(m.TransactionEventRequest)][-1] == "Ended"


def test_it_waits_for_a_slow_csms(tmp_path: Path) -> None:
    csms = SlowCsms()
    seconds, lines = run_simulated(ended(csms, tmp_path))
    assert 20 < seconds < 100
    assert lines[-1] == "scenario: ended"
    assert [each.event_type for each in csms.all(m.TransactionEventRequest)][-1] == "Ended"


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    csms = Csms()
    csms.replies["TransactionEvent"] = refuse
    seconds, lines = run_simulated(ended(csms, tmp_path))
    assert 59 < seconds < 70
    assert lines[-1].startswith("stops after 60 s with ")
    assert lines[-1].endswith(" not answered")
