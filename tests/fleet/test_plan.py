"""The stations of a fleet."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fleet.plans import plan_of

from plugfest.fleet.plan import Misbehaving, PlanError, Share, Weighted, addresses, files_needed, members, shares
from plugfest.products import load_product
from plugfest.security.keys import CertifiedKey

AC, DC, CT = (Weighted(load_product(name)) for name in ("reference-ac", "reference-dc", "chargepoint-ct4000"))


def test_identities_follow_the_pattern_and_the_first_number() -> None:
    plan = plan_of(stations=3, identity="DEPOT-{:03d}", first=7)
    assert [member.identity for member in members(plan)] == ["DEPOT-007", "DEPOT-008", "DEPOT-009"]


@pytest.mark.parametrize("pattern", ["CS{", "CS{:05d}{}", "{name}", "CS{:q}", "{0.x}"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(PlanError, match="is no pattern of identities"):
        members(plan_of(identity=pattern))


def test_a_pattern_without_a_place_for_the_number_is_refused() -> None:
    with pytest.raises(PlanError, match="the same identity"):
        members(plan_of(stations=2, identity="CS"))
    assert [member.identity for member in members(plan_of(stations=1, identity="CS"))] == ["CS"]


def test_products_have_their_shares() -> None:
    plan = plan_of(
        stations=100, products=(AC, msgspec.structs.replace(DC, weight=3), msgspec.structs.replace(CT, weight=0.5))
    )
    assert Counter(member.product for member in members(plan)) == {0: 22, 1: 67, 2: 11}


@pytest.mark.parametrize("weights", [(0.0, 0.0), (-1.0, 2.0), (float("nan"), 1.0), (float("inf"), 1.0)])
def test_weights_that_cannot_be_used_are_refused(weights: tuple[float, float]) -> None:
    products = tuple(Weighted(AC.product, weight) for weight in weights)
    with pytest.raises(PlanError, match="weights"):
        members(plan_of(products=products))


def test_a_misbehaviour_has_exactly_its_share_of_the_stations() -> None:
    plan = plan_of(stations=50, misbehaving=(Misbehaving("late", 0.1), Misbehaving("lost", 0.5)))
    found = Counter(text for member in members(plan) for text in member.misbehaviours)
    assert found == {"late": 5, "lost": 25}
    assert len({member.misbehaviours for member in members(plan)}) > 2


def test_the_seed_decides_which_stations_misbehave() -> None:
    def misbehaving(seed: int) -> list[str]:
        plan = plan_of(stations=50, seed=seed, misbehaving=(Misbehaving("late", 0.2),))
        return [member.identity for member in members(plan) if member.misbehaviours]

    assert misbehaving(1) == misbehaving(1) != misbehaving(2)


def test_source_addresses_alternate() -> None:
    plan = plan_of(stations=5, sources=("127.0.0.0/30", "127.0.1.9"))
    assert [member.source for member in members(plan)] == [
        "127.0.0.1",
        "127.0.0.2",
        "127.0.1.9",
        "127.0.0.1",
        "127.0.0.2",
    ]


def test_a_large_network_is_not_enumerated() -> None:
    assert [member.source for member in members(plan_of(stations=2, sources=("10.0.0.0/8",)))] == [
        "10.0.0.1",
        "10.0.0.2",
    ]


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(PlanError, match="'lan' is neither an IP address nor a network"):
        [*addresses("lan")]


def test_a_password_is_of_one_station_or_of_all() -> None:
    plan = plan_of(stations=3, password="secret-of-{id}", passwords={"CS00002": "own"})
    assert [member.password for member in members(plan)] == ["secret-of-CS00001", "own", "secret-of-CS00003"]


def test_a_key_belongs_to_its_station() -> None:
    key = CertifiedKey(chain="chain", key="key")
    assert [member.key for member in members(plan_of(stations=2, keys={"CS00002": key}))] == [None, key]


@given(st.integers(1, 60), st.integers(1, 8))
def test_the_shares_are_even_and_have_every_station_once(stations: int, processes: int) -> None:
    plan = plan_of(stations=stations)
    found = shares(plan, processes)
    sizes = [len(share.members) for share in found]
    assert max(sizes) - min(sizes) <= 1
    assert len(found) == min(stations, processes)
    assert sorted(one.identity for share in found for one in share.members) == [one.identity for one in members(plan)]


def test_turns_are_apart_by_the_rate_also_over_several_processes() -> None:
    turns = sorted(one.turn for share in shares(plan_of(stations=6, rate=4.0), 2) for one in share.members)
    assert turns == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


def test_a_share_goes_through_json() -> None:
    plan = plan_of(stations=3, products=(AC, DC, CT), keys={"CS00002": CertifiedKey(chain="chain", key="key")})
    (share,) = shares(plan, 1)
    assert msgspec.json.decode(msgspec.json.encode(share), type=Share) == share


def test_stores_need_more_files() -> None:
    plan = plan_of(stations=5)
    assert files_needed(shares(plan, 2)) == 3
    assert files_needed(shares(msgspec.structs.replace(plan, store_folder="x"), 2)) > 3
