"""What a case needs of the operator, from its code: on every path, and on any."""

import contextlib
import functools

import pytest

from plugfest.lab.case import Case, case
from plugfest.lab.operator.capabilities import ACTIONS, PROVIDED, Capability
from plugfest.lab.operator.needed_capabilities import needed_capabilities
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.selection import cases
from plugfest.lab.v16.bench import Bench as V16Bench
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import NotEquipped, OperatorFailed

# The code below is read and never run. Its module is of the lab only in name: see `of_the_lab`.


async def plug_in(bench: Bench) -> None:
    await bench.operator.plug_in(1, 1)


async def one_of_two(bench: Bench) -> None:
    if bench.product.supports("C-30"):
        await bench.operator.park(1)
        await plug_in(bench)
    else:
        await plug_in(bench)
        await bench.operator.power_cycle()


async def returns_early(bench: Bench) -> None:
    if bench.csms.connected:
        return
    await bench.operator.power_cycle()


async def raises_otherwise(bench: Bench) -> None:
    if bench.csms.connected:
        await bench.operator.power_cycle()
    else:
        raise NotEquipped("no connection")


async def perhaps_never(bench: Bench) -> None:
    for evse in bench.product.evses:
        await bench.operator.park(evse.id)
    with contextlib.suppress(OperatorFailed):
        await bench.operator.power_cycle()
    try:
        await bench.operator.ev_suspend(1)
    except OperatorFailed:
        await bench.wait(1)


async def in_any_case(bench: Bench) -> None:
    with bench.every_check():
        await bench.operator.power_cycle()
    try:
        pass
    finally:
        await bench.operator.ev_suspend(1)


async def one_end(bench: Bench) -> None:
    await bench.operator.unplug(1, 1, side="ev")


async def perhaps_one_end(bench: Bench, side: str = "both") -> None:
    await bench.operator.unplug(1, 1, side=side)


async def recursive(bench: Bench) -> None:
    await bench.operator.power_cycle()
    await recursive(bench)


async def recommissions(bench: Bench) -> None:
    bench.commissioner.check_can_recommission(bench.operator)


async def through_a_table(bench: Bench) -> None:
    await TABLE["park"](bench)


async def park(bench: Bench) -> None:
    await bench.operator.park(1)


TABLE = {"park": park}


async def nothing(bench: Bench) -> None:
    bench.check(True, "something", "something")


@pytest.fixture(autouse=True)
def of_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in list(globals().values()):
        if callable(value) and getattr(value, "__module__", "") == __name__:
            monkeypatch.setattr(value, "__module__", "plugfest.lab.test", raising=False)


def declared(*states: object) -> Case:
    return case("TC_X_01_CS", before=states)(nothing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "always", "possible"),
    [
        (plug_in, "plug_in", "plug_in"),
        (functools.partial(plug_in), "plug_in", "plug_in"),
        (one_of_two, "plug_in", "park plug_in power_cycle"),
        (returns_early, "", "power_cycle"),
        (raises_otherwise, "power_cycle", "power_cycle"),
        (perhaps_never, "", "ev_suspend park power_cycle"),
        (in_any_case, "ev_suspend power_cycle", "ev_suspend power_cycle"),
        (one_end, "unplug unplug_one_end", "unplug unplug_one_end"),
        (perhaps_one_end, "unplug", "unplug unplug_one_end"),
        (recursive, "power_cycle", "power_cycle"),
        (recommissions, "commission", "commission"),
        (through_a_table, "", "park"),
        (nothing, "", ""),
    ],
)
def test_what_is_on_every_path_is_always_needed_and_the_rest_possibly(
    state: object, always: str, possible: str
) -> None:
    needed = needed_capabilities(declared(state))
    assert " ".join(sorted(needed.always)) == always
    assert " ".join(sorted(needed.possible)) == possible


def test_the_needs_of_all_states_and_of_the_scenario_are_added() -> None:
    needed = needed_capabilities(case("TC_X_01_CS", before=(plug_in, park))(in_any_case))
    assert needed.always == {"plug_in", "park", "power_cycle", "ev_suspend"}


def test_a_method_of_the_bench_is_followed() -> None:
    assert needed_capabilities(cases("1.6")["TC_030_CS"]).always >= {Capability.JAM_LOCK}
    assert vars(V16Bench)["jam_lock"].__module__.startswith("plugfest.lab.")


ABOUT_THE_DRIVER = ("can_commission", "missing", "confirms_actions")


def test_every_method_of_a_driver_belongs_to_a_capability() -> None:
    assert set(ACTIONS) == {
        name for name in vars(OperatorDriver) if not name.startswith("_") and name not in ABOUT_THE_DRIVER
    }
    assert set(Capability) - set(ACTIONS.values()) == {Capability.UNPLUG_ONE_END, *PROVIDED}


def test_what_cases_of_the_plan_are_known_to_need() -> None:
    v201, v16 = cases("2.0.1"), cases("1.6")
    assert Capability.STORE_CUSTOMER in needed_capabilities(v201["TC_N_62_CS"]).always
    assert needed_capabilities(v201["TC_N_29_CS"]).always == {Capability.CUSTOMER_STORAGE}
    assert needed_capabilities(v201["TC_N_33_CS"]).always == {Capability.CUSTOMER_STORAGE}
    assert needed_capabilities(v201["TC_N_34_CS"]).always == {Capability.LOG_STORAGE}
    assert Capability.CHOOSE_SESSIONS in needed_capabilities(v201["TC_C_47_CS"]).always
    assert Capability.POWER_CYCLE in needed_capabilities(v16["TC_001_CS"]).always
    assert needed_capabilities(v201["TC_O_13_CS"]).always == {Capability.READ_DISPLAY}
    assert needed_capabilities(v201["TC_O_02_CS"]).possible == frozenset()
    assert needed_capabilities(v201["TC_B_06_CS"]).possible == frozenset()
