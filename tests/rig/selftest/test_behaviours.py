"""Wrong behaviours: each has its place in the station, and each of a fixed sample is noticed by all that have to."""

import pytest

from plugfest.lab.selection import cases
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.behaviours.patch import Patch, PlaceVanished, patched
from plugfest.rig.selftest.behaviours.run import behaviour_runs
from plugfest.station.model.authorization.token_cache import TokenCache

PRODUCTS = ("alpitronic-hyc-200-eu", "reference-ac", "reference-dc", "reference-ac-fixed", "btc-power-gen4-l3a")

EVERY = 7
"""`make test` tries each seventh behaviour, `plugfest selftest` all of them."""


def ids(behaviour: Behaviour) -> str:
    return behaviour.name


def test_each_behaviour_has_a_name_of_its_own() -> None:
    assert len(by_name()) == len(CATALOGUE)


def test_each_behaviour_goes_against_a_requirement_and_has_to_be_noticed_by_written_cases() -> None:
    for one in CATALOGUE:
        assert one.requirement
        assert one.cases
        version = "2.0.1" if one.product is None else load_product(one.product).ocpp_version
        assert set(one.cases) <= set(cases(version)), one.name


@pytest.mark.parametrize("behaviour", CATALOGUE, ids=ids)
def test_each_behaviour_has_its_place_in_the_station_and_leaves_no_trace(behaviour: Behaviour) -> None:
    before = [vars(patch.owner)[patch.name] for patch in behaviour.patches]
    with patched(behaviour.patches):
        assert all(
            vars(patch.owner)[patch.name] is not right for patch, right in zip(behaviour.patches, before, strict=True)
        )
    assert [vars(patch.owner)[patch.name] for patch in behaviour.patches] == before


@pytest.mark.parametrize("behaviour", CATALOGUE[::EVERY], ids=ids)
def test_no_wrong_station_of_the_sample_passes(behaviour: Behaviour) -> None:
    tried = list(behaviour_runs(behaviour, PRODUCTS))
    assert {one.case_id for one in tried} == set(behaviour.cases)
    assert [(one.case_id, one.verdict, one.problem) for one in tried if one.problem or not one.killed] == []


# Swaps


class Adder:
    def __init__(self) -> None:
        self.sum = 0

    def add(self, number: int) -> int:
        self.sum += number
        return self.sum

    @property
    def doubled(self) -> int:
        return 2 * self.sum

    @staticmethod
    def one() -> int:
        return 1


def test_a_function_is_wrong_for_the_length_of_a_run() -> None:
    adder = Adder()
    with patched([Patch(Adder, "add", lambda right: lambda self, number: right(self, 2 * number))]):
        assert adder.add(1) == 2
    assert adder.add(1) == 3


def test_it_is_right_again_also_after_a_run_that_breaks() -> None:
    with pytest.raises(ZeroDivisionError), patched([Patch(Adder, "add", NOTHING)]):
        raise ZeroDivisionError
    assert Adder().add(1) == 1


def test_properties_and_static_methods_can_be_wrong_too() -> None:
    with patched([Patch(Adder, "doubled", always(7)), Patch(Adder, "one", always(8))]):
        assert (Adder().doubled, Adder.one(), Adder().one()) == (7, 8, 8)
    assert (Adder().doubled, Adder.one()) == (0, 1)


def test_whether_a_place_was_reached_is_known() -> None:
    added, doubled = Patch(Adder, "add", NOTHING), Patch(Adder, "doubled", always(0))
    with patched([added, doubled]) as reached:
        Adder().add(1)
    assert reached == {added}


def test_a_place_that_has_vanished_is_an_error() -> None:
    with (
        pytest.raises(PlaceVanished, match=r"Adder\.subtract is no function"),
        patched([Patch(Adder, "subtract", NOTHING)]),
    ):
        raise AssertionError("never")


def test_a_place_that_is_never_reached_is_a_problem_of_the_behaviour() -> None:
    idle = wrong("it clears its cache wrongly", "C11.FR.01", "TC_P_01", Patch(TokenCache, "remove", NOTHING))
    (tried,) = behaviour_runs(idle, PRODUCTS)
    assert (tried.killed, tried.problem) == (False, "the station never called TokenCache.remove")


def test_a_right_station_is_not_noticed() -> None:
    right = wrong("it is right", "P01.FR.05", "TC_P_01", Patch(TokenCache, "lookup", lambda right: right))
    (tried,) = behaviour_runs(right, PRODUCTS)
    assert (tried.killed, tried.verdict) == (False, "PASS")
