"""Answers of a PICS that follow from what a station reports: the table of claims, read backwards."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lab.claims.test_contradictions import FakeStation

from plugfest.lab.claims import contradictions as c
from plugfest.lab.claims.contradictions import Claim, Compare, contradictions
from plugfest.lab.claims.suggestions import draft_of, suggestions
from plugfest.lab.v16.reported_claims import TABLE as TABLE_V16
from plugfest.lab.v201.reported_claims import TABLE as TABLE_V201
from plugfest.products.draft import blank_product
from plugfest.products.product import Measurands

NAME = "Component.Variable"
PRODUCT = blank_product("2.0.1")


def suggested(id: str, compare: Compare, station: FakeStation) -> list[tuple[object, str]]:
    return [(one.answer, one.source) for one in suggestions([Claim(id, NAME, compare)], PRODUCT, station)]


def reporting(value: str | None = None, **fields: object) -> FakeStation:
    station = FakeStation(values={} if value is None else {NAME: value})
    return msgspec.structs.replace(station, **{name: {NAME: given} for name, given in fields.items()})


@pytest.mark.parametrize(
    ("id", "compare", "station", "expected"),
    [
        ("C-49", c.available, reporting("true"), [(True, f"{NAME} is true")]),
        ("C-49", c.available, reporting("False"), [(False, f"{NAME} is false")]),
        ("C-49", c.available, reporting(), []),
        ("C-53", c.needed, reporting(), [(False, f"{NAME} is not reported")]),
        ("C-53", c.needed, reporting("5"), []),
        ("C-53", c.present, reporting("5"), [(True, f"{NAME} is reported")]),
        ("SC-2.1", c.listed("A"), reporting("A,W"), [(True, f"{NAME} is A, W")]),
        ("SC-2.1", c.listed("A"), reporting("W"), [(False, f"{NAME} is W")]),
        ("C-09.1", c.possible("X"), reporting("x", possible=frozenset({"y"})), [(False, f"{NAME} can only be y")]),
        ("C-61", c.security_profile("1"), reporting("1"), [(True, f"{NAME} is 1")]),
        ("C-61", c.security_profile("1"), reporting("2"), []),
        ("Smart Charging", c.available, reporting("true"), [(True, f"{NAME} is true")]),
        ("ORS-1", c.equal, reporting("50"), [(50, f"{NAME} is 50")]),
        ("ORS-1", c.equal, reporting("many"), []),
        ("ORS-18", c.at_least, reporting("5000", ranges=(None, 9000.0)), [(5000, f"{NAME} is 5000")]),
        ("ORS-7", c.minimum, reporting("30", ranges=(5.0, 60.0)), [(5, f"{NAME} has the minimum 5")]),
        ("ORS-8", c.maximum, reporting("30", ranges=(5.0, 60.0)), [(60, f"{NAME} has the maximum 60")]),
        ("ORS-8", c.maximum, reporting("30"), []),
        ("ORS-24", c.names, reporting("HTTPS,FTP"), [(("FTP", "HTTPS"), f"{NAME} is FTP, HTTPS")]),
        ("C-23", c.possible_names, reporting("NTP", possible=frozenset({"NTP", "Heartbeat"})),
         [(("Heartbeat", "NTP"), f"{NAME} can only be Heartbeat, NTP")]),
        ("C-40.1", c.possible_measurands, reporting("", possible=frozenset({"SoC", "Own"})),
         [(Measurands(("SoC",), ("SoC",)), f"{NAME} can only be Own, SoC")]),
    ],
)  # fmt: skip
def test_an_answer_follows_if_the_station_contradicts_the_opposite(
    id: str, compare: Compare, station: FakeStation, expected: list[tuple[object, str]]
) -> None:
    assert suggested(id, compare, station) == expected


texts = st.sampled_from(["", "true", "false", "1", "2", "60", "A", "A,W", "Heartbeat,NTP", "Voltage", "Authorized"])


@st.composite
def stations(draw: st.DrawFn) -> tuple[str, FakeStation]:
    version = draw(st.sampled_from(["1.6", "2.0.1"]))
    table = TABLE_V16 if version == "1.6" else TABLE_V201
    names = st.sampled_from(sorted({claim.name for claim in table}))
    limits = st.tuples(st.none() | st.floats(0, 10), st.none() | st.floats(10, 100))
    return version, FakeStation(
        values=draw(st.dictionaries(names, texts)),
        possible=draw(st.dictionaries(names, st.frozensets(texts.filter(bool)))),
        ranges=draw(st.dictionaries(names, limits)),
        read_only=draw(st.booleans()),
    )


@given(stations())
def test_no_answer_that_follows_from_a_station_contradicts_it(case: tuple[str, FakeStation]) -> None:
    version, station = case
    product = blank_product("1.6" if version == "1.6" else "2.0.1")
    table = TABLE_V16 if version == "1.6" else TABLE_V201
    draft = draft_of(product, {}, table, station)
    names = {claim.id for claim in table if claim.id in {*draft.answers, *draft.profiles}}
    unique = [claim for claim in table if claim.id in names]
    assert list(contradictions(unique, draft.product(), station)) == []


def test_what_boot_notification_names_is_known_and_other_values_are_hints() -> None:
    claim = Claim("C-51", NAME, c.configurable)
    draft = draft_of(PRODUCT, {"vendor": "Acme", "firmware_version": None}, [claim], reporting("Authorized"))
    assert {key: known.value for key, known in draft.identity.items()} == {"vendor": "Acme"}
    assert draft.identity["vendor"].source == "BootNotification"
    assert draft.hints == {"C-51": f"{NAME} is Authorized"}
    assert draft.answers == {}
