"""Choosing wrong stations of the catalogue."""

import re

import pytest

from plugfest.ocpp.versions import by_name
from plugfest.products import load_product
from plugfest.rig.misbehaviour import MisbehaviourError, parse
from plugfest.rig.misbehaviour.wrong_stations import Suitability, find, wrong_stations
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

AC, AC_16 = load_product("reference-ac"), load_product("reference-16-ac")


def test_every_wrong_station_of_the_self_test_is_listed_once() -> None:
    every = wrong_stations()
    assert [each.behaviour for each in every] == list(CATALOGUE)
    assert len({(each.ocpp_version, each.id) for each in every}) == len(CATALOGUE)


def test_an_id_is_short_kebab_case() -> None:
    assert [each.id for each in wrong_stations() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.id)] == []


def test_the_messages_exist_in_the_version_and_few_wrong_stations_have_none() -> None:
    for each in wrong_stations():
        assert set(each.messages) <= set(by_name(each.ocpp_version).requests), each.id
    assert sum(not each.messages for each in wrong_stations()) < 0.05 * len(CATALOGUE)


@pytest.mark.parametrize(
    "text",
    [
        "leaves-gaps-in-seqno",
        "leaves gaps in seqNo",
        "2.0.1: leaves gaps in seqNo",
        "leaves-gaps",
        "GAPS",
    ],
)
def test_a_wrong_station_is_found_by_id_name_or_part_of_them(text: str) -> None:
    assert find(text, AC).id == "leaves-gaps-in-seqno"


def test_an_id_that_is_part_of_another_one_is_found() -> None:
    ids = {each.id for each in wrong_stations("2.0.1")}
    shorter = next(each for each in sorted(ids) if any(each in other and each != other for other in ids))
    assert find(shorter, AC).id == shorter


def test_a_sign_is_part_of_the_id() -> None:
    assert find("sends periodic meter values at the interval +3 s", AC).id.endswith("plus-3-s")
    assert find("sends periodic meter values at the interval -3 s", AC).id.endswith("minus-3-s")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("omits-stopedreason", "did you mean omits-stoppedreason"),
        ("half-opn", "did you mean half-open?"),
        ("xyzzy", "there is no such misbehaviour of OCPP 2.0.1; `plugfest misbehaviours` lists them"),
        ("", "there is no such misbehaviour"),
        ("omits", "omits: fits "),
        ("1.6: reports meterStart 0 for every transaction", "is for OCPP 1.6, reference-ac for OCPP 2.0.1"),
        ("leaves-gaps:rate=1", "only transport faults have parameters"),
        ("shows-only-the-first-running-cost", "reference-ac-fixed"),
    ],
)
def test_what_cannot_be_chosen_is_one_line(text: str, line: str) -> None:
    product = load_product("reference-ac-fixed") if "cost" in text else AC
    with pytest.raises(MisbehaviourError) as error:
        parse([text], product)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_hardware_that_the_product_lacks_is_named_with_a_product_that_has_it() -> None:
    with pytest.raises(MisbehaviourError) as error:
        find("unlocks-a-connector-during-a-transaction", load_product("reference-ac-fixed"))
    reason, product = str(error.value).split(": ", 1)[1].split("; ")
    assert reason == "reference-ac-fixed cannot show it: HFS-1 Has a detachable cable is No"
    assert product == "reference-ac can"


def test_a_doubt_whether_the_product_shows_it_is_part_of_the_line() -> None:
    sure, doubtful = (
        parse(["uses-the-same-transactionid"], load_product(name)).lines[0]
        for name in ("reference-ac", "chargepoint-ct4000")
    )
    assert sure == "uses the same transactionId for all transactions (E01.FR.08)"
    assert doubtful.startswith(f"{sure}; may not show: no case that detects it applies to the product (TC_C_08_CS")


def test_twice_the_same_is_refused() -> None:
    with pytest.raises(MisbehaviourError, match="leaves-gaps-in-seqno is given twice"):
        parse(["leaves-gaps", "leaves-gaps-in-seqno"], AC)


def test_a_product_shows_only_what_it_can() -> None:
    of_16 = Suitability(AC_16).fitting(wrong_stations())
    assert {each.ocpp_version for each in of_16} == {"1.6"}
    fixed = {each.id for each in Suitability(load_product("reference-ac-fixed")).fitting(wrong_stations())}
    assert "leaves-gaps-in-seqno" in fixed
    assert "shows-only-the-first-running-cost" not in fixed


def test_what_no_product_claims_is_permitted_with_any() -> None:
    unclaimed = find("names-a-log-file-without-log-information", load_product("reference-dc"))
    assert unclaimed.cases
