"""In walking order cases that need the same actions and the same commissioning follow one another."""

from itertools import groupby

from plugfest.lab.case import Body, CampaignCase, ConnectionRequirement, case
from plugfest.lab.commissioning import required_connection
from plugfest.lab.operator.walking_order import walking_order
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.products import load_product

CLIENT_CERTIFICATE = ConnectionRequirement((3,))


async def from_the_desk(bench: Bench) -> None:
    bench.check(True, "something", "something")


async def with_a_cable(bench: Bench) -> None:
    await bench.operator.plug_in(1, 1)


async def with_a_switch(bench: Bench) -> None:
    await bench.operator.power_cycle()


def planned(id: str, body: Body[Bench], connected: ConnectionRequirement | None = None) -> CampaignCase:
    body.__module__ = "plugfest.lab.v201.cases"  # only code of the lab is read
    return CampaignCase(id, "", "Core", case(id, connected=connected)(body))


def ordered(*cases: CampaignCase) -> list[str]:
    return [one.id for one in walking_order(cases, LabSettings())]


def test_cases_without_actions_come_first_and_equal_ones_keep_their_order() -> None:
    cases = [planned(f"{name}{number}", body) for number in (1, 2) for name, body in BODIES]
    assert ordered(*cases) == ["desk1", "desk2", "cable1", "cable2", "switch1", "switch2"]


BODIES = (("cable", with_a_cable), ("desk", from_the_desk), ("switch", with_a_switch))


def test_a_station_is_commissioned_once_for_all_cases_that_need_it() -> None:
    assert ordered(
        planned("tls1", from_the_desk, CLIENT_CERTIFICATE),
        planned("cable1", with_a_cable),
        planned("tls2", with_a_cable, CLIENT_CERTIFICATE),
        planned("desk1", from_the_desk),
    ) == ["desk1", "cable1", "tls2", "tls1"]


def test_a_case_without_code_needs_no_action() -> None:
    assert ordered(planned("cable1", with_a_cable), CampaignCase("none", "", "Core", None)) == ["none", "cable1"]


def test_of_a_product_every_case_is_run_once_and_each_connection_is_needed_once() -> None:
    chosen = choose(load_product("alpitronic-hyc-200-eu")).chosen
    walked = walking_order(chosen, LabSettings())
    assert sorted(one.id for one in walked) == sorted(one.id for one in chosen)
    connections = [required_connection(LabSettings(), one.case.connected) for one in walked if one.case is not None]
    assert len([*groupby(connections)]) == len(set(connections))
