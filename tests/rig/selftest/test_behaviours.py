"""Behaviours: each patches functions of the station, and each of a sample is detected by all its cases."""

import pytest

from plugfest.lab.selection import cases
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, FunctionNotFound, Patch, patched, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE, by_name
from plugfest.rig.selftest.behaviours.run import behaviour_runs
from plugfest.station.model.authorization.token_cache import TokenCache

PRODUCTS = (
    "alpitronic-hyc-200-eu",
    "reference-ac",
    "reference-dc",
    "reference-ac-fixed",
    "btc-power-gen4-l3a",
    "reference-plug-and-charge",
)

EVERY = 7
"""`make test` runs each seventh behaviour, `plugfest selftest` all of them."""


def ids(behaviour: Behaviour) -> str:
    return behaviour.name


def test_each_behaviour_has_a_unique_name() -> None:
    assert len(by_name()) == len(CATALOGUE)


def test_each_behaviour_violates_a_requirement_and_has_written_cases() -> None:
    for one in CATALOGUE:
        assert one.requirement
        assert one.cases
        version = "2.0.1" if one.product is None else load_product(one.product).ocpp_version
        assert set(one.cases) <= set(cases(version)), one.name


@pytest.mark.parametrize("behaviour", CATALOGUE, ids=ids)
def test_each_behaviour_patches_the_station_and_restores_it(behaviour: Behaviour) -> None:
    before = [vars(patch.owner)[patch.name] for patch in behaviour.patches]
    with patched(behaviour.patches):
        assert all(
            vars(patch.owner)[patch.name] is not original
            for patch, original in zip(behaviour.patches, before, strict=True)
        )
    assert [vars(patch.owner)[patch.name] for patch in behaviour.patches] == before


@pytest.mark.parametrize("behaviour", CATALOGUE[::EVERY], ids=ids)
def test_every_behaviour_of_the_sample_is_detected(behaviour: Behaviour) -> None:
    runs = list(behaviour_runs(behaviour, PRODUCTS))
    assert {one.case_id for one in runs} == set(behaviour.cases)
    assert [(one.case_id, one.verdict, one.problem) for one in runs if one.problem or not one.detected] == []


# Patches


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


def test_a_function_is_replaced_within_the_block() -> None:
    adder = Adder()
    with patched([Patch(Adder, "add", lambda original: lambda self, number: original(self, 2 * number))]):
        assert adder.add(1) == 2
    assert adder.add(1) == 3


def test_it_is_restored_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), patched([Patch(Adder, "add", NOTHING)]):
        raise ZeroDivisionError
    assert Adder().add(1) == 1


def test_properties_and_static_methods_can_be_replaced() -> None:
    with patched([Patch(Adder, "doubled", always(7)), Patch(Adder, "one", always(8))]):
        assert (Adder().doubled, Adder.one(), Adder().one()) == (7, 8, 8)
    assert (Adder().doubled, Adder.one()) == (0, 1)


def test_the_called_patches_are_known() -> None:
    added, doubled = Patch(Adder, "add", NOTHING), Patch(Adder, "doubled", always(0))
    with patched([added, doubled]) as called:
        Adder().add(1)
    assert called == {added}


def test_a_missing_function_is_an_error() -> None:
    with (
        pytest.raises(FunctionNotFound, match=r"Adder\.subtract is not a function"),
        patched([Patch(Adder, "subtract", NOTHING)]),
    ):
        raise AssertionError("never")


def test_a_patch_that_is_never_called_is_a_problem() -> None:
    uncalled = wrong("clears its cache wrongly", "C11.FR.01", "TC_P_01", Patch(TokenCache, "remove", NOTHING))
    (run,) = behaviour_runs(uncalled, PRODUCTS)
    assert (run.detected, run.problem) == (False, "the station never called TokenCache.remove")


def test_a_conforming_station_is_not_detected() -> None:
    original = wrong("is conforming", "P01.FR.05", "TC_P_01", Patch(TokenCache, "lookup", lambda original: original))
    (run,) = behaviour_runs(original, PRODUCTS)
    assert (run.detected, run.verdict) == (False, "PASS")
