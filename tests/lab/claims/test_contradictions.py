"""Contradictions between a PICS and the station, claim by claim."""

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.lab.claims import contradictions as c
from plugfest.lab.claims.contradictions import Claim, Contradiction, Reported, contradictions
from plugfest.lab.v16.reported_claims import TABLE as TABLE_V16
from plugfest.lab.v201.configuration import Variable
from plugfest.lab.v201.reported_claims import TABLE as TABLE_V201
from plugfest.lab.verdict import Finding
from plugfest.products import Product, load_product
from plugfest.products.features import OcppVersion
from plugfest.products.plan import plan

TABLES = {"reference-ac": TABLE_V201, "reference-16-ac": TABLE_V16}


class FakeStation(msgspec.Struct):
    """What a station reports, by name."""

    values: Mapping[str, str | None] = {}
    possible: Mapping[str, frozenset[str]] = {}
    ranges: Mapping[str, tuple[float | None, float | None]] = {}
    read_only: bool = False

    def has(self, name: str) -> bool:
        return name in self.values

    def writable(self, name: str) -> bool:
        return name in self.values and not self.read_only

    def value(self, name: str) -> str | None:
        return self.values.get(name)

    def members(self, name: str) -> frozenset[str]:
        return frozenset(filter(None, (self.values.get(name) or "").split(",")))

    def supported(self, name: str) -> frozenset[str]:
        return self.possible.get(name, frozenset())

    def limits(self, name: str) -> tuple[float | None, float | None]:
        return self.ranges.get(name, (None, None))


def claiming(**answers: object) -> Product:
    """The reference product with other answers."""
    product = load_product("reference-ac")
    changed = {id.replace("_", "-"): value for id, value in answers.items()}
    return msgspec.structs.replace(product, answered={**product.answered, **changed})


def texts(claim: Claim, product: Product, station: Reported) -> list[str]:
    return [one.text for one in contradictions([claim], product, station)]


def says(value: str | None, *, read_only: bool = False) -> FakeStation:
    return FakeStation(values={"Some.Name": value}, read_only=read_only)


NUMBER = claiming(ORS_1=100)


@pytest.mark.parametrize(
    ("compare", "agreeing", "contradicting"),
    [
        (c.equal, "100", "50"),
        (c.at_least, "150", "50"),
    ],
)
def test_a_number_is_compared_with_the_value(compare: c.Compare, agreeing: str, contradicting: str) -> None:
    claim = Claim("ORS-1", "Some.Name", compare)
    assert texts(claim, NUMBER, says(agreeing)) == []
    assert texts(claim, NUMBER, says(contradicting)) == [
        f"PICS: ORS-1 (ItemsPerMessageGetReport) is 100; station: Some.Name is {contradicting}"
    ]
    assert texts(claim, NUMBER, FakeStation()) == []
    assert texts(claim, NUMBER, says("many")) == []
    assert texts(claim, NUMBER, says(None)) == []


def test_a_range_may_be_wider_than_claimed_and_not_narrower() -> None:
    lowest, highest = Claim("ORS-1", "Some.Name", c.minimum), Claim("ORS-1", "Some.Name", c.maximum)
    wide, narrow = (FakeStation(ranges={"Some.Name": limits}) for limits in ((1.0, 1000.0), (150.0, 50.0)))
    assert texts(lowest, NUMBER, wide) == texts(highest, NUMBER, wide) == []
    assert texts(lowest, NUMBER, narrow)[0].endswith("Some.Name has the minimum 150")
    assert texts(highest, NUMBER, narrow)[0].endswith("Some.Name has the maximum 50")
    assert texts(lowest, NUMBER, FakeStation()) == []


def test_a_list_of_names_is_that_of_the_station() -> None:
    claim, product = Claim("ORS-24", "Some.Name", c.names), claiming(ORS_24=("FTP", "HTTP"))
    assert texts(claim, product, says("HTTP,FTP")) == []
    assert texts(claim, product, says("HTTP,SFTP"))[0].endswith("is FTP, HTTP; station: Some.Name is HTTP, SFTP")
    assert texts(claim, product, FakeStation()) == []


def test_what_is_claimed_has_to_be_possible() -> None:
    station = FakeStation(possible={"Some.Name": frozenset({"Heartbeat", "Voltage"})})
    names = Claim("C-23", "Some.Name", c.possible_names)
    measurands = Claim("C-40.1", "Some.Name", c.possible_measurands)
    assert texts(names, claiming(C_23=("Heartbeat",)), station) == []
    (text,) = texts(names, claiming(C_23=("Heartbeat", "NTP")), station)
    assert text.endswith("has NTP; station: Some.Name can only be Heartbeat, Voltage")
    assert "has Current.Import, Current.Offered, " in texts(measurands, claiming(), station)[0]
    assert texts(measurands, claiming(), FakeStation()) == []


def test_a_claim_is_yes_if_and_only_if_the_list_has_its_value() -> None:
    claim = Claim("SC-2.1", "SmartChargingCtrlr.RateUnit", c.listed("A"))
    amperes, watts = (FakeStation(values={claim.name: unit}) for unit in ("A", "W"))
    yes, no = claiming(**{"SC-2.1": True}), claiming(**{"SC-2.1": False})
    assert texts(claim, yes, amperes) == texts(claim, no, watts) == []
    assert texts(claim, yes, watts) == ["PICS: SC-2.1 (A) is Yes; station: SmartChargingCtrlr.RateUnit is W"]
    assert texts(claim, no, amperes) == ["PICS: SC-2.1 (A) is No; station: SmartChargingCtrlr.RateUnit is A"]
    assert texts(claim, yes, FakeStation()) == []


def test_a_point_that_is_claimed_has_to_be_possible() -> None:
    claim, product = Claim("C-09.1", "Some.Name", c.possible("EVConnected")), claiming()
    listed = FakeStation(values={"Some.Name": "Authorized"}, possible={"Some.Name": frozenset({"Authorized"})})
    assert "can only be Authorized" in texts(claim, product, listed)[0]
    assert texts(claim, product, says("Authorized")) == []
    assert "can only be Authorized" in texts(claim, product, says("Authorized", read_only=True))[0]
    assert texts(claim, claiming(**{"C-09.1": False}), listed) == []


@pytest.mark.parametrize(
    ("compare", "yes", "no"),
    [
        (c.present, (False, True), (True, False)),
        (c.needed, (False, True), (True, True)),
    ],
)
def test_a_claim_about_a_variable_needs_it(compare: c.Compare, yes: tuple[bool, bool], no: tuple[bool, bool]) -> None:
    claim = Claim("C-58", "Some.Name", compare)
    for claimed, expected in ((True, yes), (False, no)):
        product = claiming(C_58=claimed)
        agrees = texts(claim, product, FakeStation()) == [], texts(claim, product, says("true")) == []
        assert agrees == expected


def test_what_is_configurable_has_to_be_writable() -> None:
    claim = Claim("C-51", "TxCtrlr.TxStartPoint", c.configurable)
    reports = {"TxCtrlr.TxStartPoint": "Authorized"}
    assert texts(claim, claiming(), FakeStation(values=reports)) == []
    assert texts(claim, claiming(), FakeStation(values=reports, read_only=True))[0].endswith("is read-only")
    assert texts(claim, claiming(), FakeStation())[0].endswith("is not reported")
    assert texts(claim, claiming(C_51=False), FakeStation()) == []


def test_a_boolean_is_compared_if_it_is_reported() -> None:
    claim = Claim("C-49", "AuthCacheCtrlr.Available", c.available)
    yes, no = (FakeStation(values={claim.name: value}) for value in ("True", "false"))
    assert texts(claim, claiming(), yes) == texts(claim, claiming(C_49=False), no) == []
    assert texts(claim, claiming(), no)[0].endswith("AuthCacheCtrlr.Available is false")
    assert texts(claim, claiming(C_49=False), yes)[0].endswith("AuthCacheCtrlr.Available is true")
    assert texts(claim, claiming(), FakeStation()) == []


def test_a_boolean_that_cannot_be_set_has_the_claimed_value() -> None:
    claim = Claim("C-06.1", "Some.Name", c.fixed("false"))
    assert texts(claim, claiming(), says("true")) == []
    assert texts(claim, claiming(), says("false", read_only=True)) == []
    assert texts(claim, claiming(), says("true", read_only=True))[0].endswith("Some.Name is true and read-only")
    assert texts(claim, claiming(), FakeStation()) == []


def test_a_station_uses_only_security_profiles_that_are_claimed() -> None:
    claim = Claim("Advanced Security", "SecurityCtrlr.SecurityProfile", c.security_profile("3"))
    product = claiming()
    without = msgspec.structs.replace(product, profiles=frozenset({"Core"}))
    third = FakeStation(values={claim.name: "3"})
    assert texts(claim, product, third) == []
    assert texts(claim, without, third) == [
        "PICS: Advanced Security is not claimed; station: SecurityCtrlr.SecurityProfile is 3"
    ]
    assert texts(claim, without, FakeStation(values={claim.name: "2"})) == []


# The tables


@pytest.mark.parametrize("slug", TABLES)
def test_every_row_has_an_id_or_a_profile_of_its_version(slug: str) -> None:
    catalog = load_product(slug).feature_catalog
    known = {*catalog.features, *catalog.profiles}
    assert [row.id for row in TABLES[slug] if row.id not in known] == []
    assert len({(row.id, row.name) for row in TABLES[slug]}) == len(TABLES[slug])


@pytest.mark.parametrize(("slug", "version"), [("reference-ac", "2.0.1"), ("reference-16-ac", "1.6")])
def test_every_row_names_cases_of_the_plan(slug: str, version: OcppVersion) -> None:
    prefixes = {prefix for row in TABLES[slug] for prefix in row.cases}
    assert [one for one in prefixes if not any(case.id.startswith(one) for case in plan(version))] == []


def test_every_variable_has_a_valid_name() -> None:
    assert all(Variable.parse(row.name) for row in TABLE_V201)


ABOUT_A_VARIABLE = (c.present, c.needed, c.configurable)


@pytest.mark.parametrize("slug", TABLES)
def test_a_station_that_reports_nothing_contradicts_only_claims_about_variables(slug: str) -> None:
    found = {claim for one in contradictions(TABLES[slug], load_product(slug), FakeStation()) for claim in one.claims}
    assert found <= {row.id for row in TABLES[slug] if row.compare in ABOUT_A_VARIABLE}


@given(
    st.sampled_from(TABLE_V201),
    st.one_of(st.none(), st.sampled_from(["true", "false", "1", "3", "A", "A,W", "", "7.5", "Authorized"])),
    st.booleans(),
)
def test_no_value_of_a_station_breaks_a_comparison(row: Claim, value: str | None, read_only: bool) -> None:
    station = FakeStation(values={row.name: value}, read_only=read_only)
    for one in contradictions([row], load_product("reference-ac"), station):
        assert one.text.startswith("PICS: ")
        assert row.name in one.text
        assert one.claims == (row.id,)


@given(st.sampled_from(TABLE_V201), st.text(max_size=5))
def test_a_product_without_an_answer_contradicts_only_what_a_default_claims(row: Claim, value: str) -> None:
    product = msgspec.structs.replace(load_product("reference-ac"), answered={}, profiles=frozenset())
    found = list(contradictions([row], product, FakeStation(values={row.name: value})))
    assert found == [] or product.feature_catalog.features.get(row.id) is None or product.claim(row.id) is not None


# Which findings a contradiction concerns


CONTRADICTION = Contradiction(claims=("SC-2.1",), claimed="A", reported="W", terms=(r"\bRateUnit\b",), cases=("TC_K_",))


def finding(text: str) -> Finding:
    return Finding(requirement="", expected=text, actual="none")


@pytest.mark.parametrize(
    ("case_id", "claims", "text", "concerned"),
    [
        ("TC_K_01_CS", (), "something", True),
        ("TC_E_01_CS", ("C-30", "SC-2.1"), "something", True),
        ("TC_E_01_CS", (), "SmartChargingCtrlr.rateunit is read-only", True),
        ("TC_E_01_CS", ("C-30",), "something", False),
    ],
)
def test_a_contradiction_concerns_findings_by_case_claim_or_name(
    case_id: str, claims: tuple[str, ...], text: str, concerned: bool
) -> None:
    assert CONTRADICTION.concerns(case_id, claims, finding(text)) is concerned


def test_a_contradiction_without_cases_concerns_no_case_by_its_id() -> None:
    assert not Contradiction(claims=(), claimed="A", reported="W").concerns("TC_K_01_CS", (), finding("something"))
