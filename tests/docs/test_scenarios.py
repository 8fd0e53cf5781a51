"""The guide about scenarios: its scenario and its program run, and its table has every kind of step."""

import re
from typing import Any

import pytest
from tests.docs.test_guides import ROOT, blocks
from tests.scenarios.performing import ACCEPTED, performed
from tests.station.csms import Csms

from plugfest import run
from plugfest.ocpp.v201 import messages as m
from plugfest.scenarios import library
from plugfest.scenarios.model import CONTROL_STEPS, POLICIES

GUIDE = ROOT / "docs" / "guides" / "scenarios.md"
TEXT = GUIDE.read_text(encoding="utf-8")


def test_the_table_of_steps_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert set(CONTROL_STEPS) <= set(rows)
    assert set(library.names()) == set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)) - {*CONTROL_STEPS, "do"}
    assert all(f'| `"{policy}"` |' in TEXT for policy in POLICIES)


@pytest.mark.parametrize("product", ["reference-ac", "reference-16-dc"])
def test_the_scenario_of_the_guide_is_performed(product: str) -> None:
    (text,) = (text for name, text in blocks(GUIDE, "toml") if name == "my-scenario.toml")
    done = performed(text, product, hours=12)
    assert done.seconds is not None
    assert len(done.lines("plug_in")) >= 5
    assert len(done.lines("fault_on")) == len(done.lines("fault_off")) >= 1


def test_the_program_of_the_guide_charges(capsys: pytest.CaptureFixture[str]) -> None:
    ((_, program),) = blocks(GUIDE, "python")

    async def main() -> None:
        csms = Csms()
        csms.replies["Authorize"] = lambda _: ACCEPTED
        await csms.listen()
        names: dict[str, Any] = {}
        exec(program.replace("ws://localhost:9000", csms.url), names)
        await names["main"]()
        assert csms.all(m.TransactionEventRequest)[-1].event_type == "Ended"
        await csms.server.close()

    run(main(), simulated=True)
    assert "plug_out" in capsys.readouterr().out
