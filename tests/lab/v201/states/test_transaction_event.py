"""Start and stop points, and the transaction under test."""

from types import SimpleNamespace
from typing import Any

import pytest

from plugfest.lab.v201.known_state import Conditions, KnownState
from plugfest.lab.v201.states.transaction_event import start_points, stop_points, transaction_under_test
from plugfest.lab.verdict import NotEquipped


def bench(claims: set[str], **reported: set[str]) -> Any:
    variables = {f"TxCtrlr.{name}": frozenset(values) for name, values in reported.items()}
    return SimpleNamespace(
        configuration=SimpleNamespace(members=lambda name: variables.get(name, frozenset())),
        product=SimpleNamespace(supports=lambda id: id in claims),
        known_state=KnownState(),
    )


def test_what_the_station_reports_counts_more_than_the_pics() -> None:
    reporting = bench({"C-09.1", "C-10.1"}, TxStartPoint={"Authorized"}, TxStopPoint={"Authorized"})
    assert (start_points(reporting), stop_points(reporting)) == ({"Authorized"}, {"Authorized"})


def test_what_the_station_does_not_report_is_in_the_pics() -> None:
    silent = bench({"C-09.4", "C-10.3"})
    assert start_points(silent) == {"PowerPathClosed"}
    assert stop_points(silent) == {"PowerPathClosed", "EVConnected", "Authorized"}


def test_a_point_of_the_vendor_never_holds() -> None:
    assert Conditions(True, True, True, True).holds("VendorPoint") is False


def test_without_a_reported_transaction_there_is_no_id_to_send() -> None:
    with pytest.raises(NotEquipped, match="has reported no transaction"):
        transaction_under_test(bench(set()))
