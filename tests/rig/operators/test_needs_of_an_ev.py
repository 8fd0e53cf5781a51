"""The energy and the departure of the EV that the operator brings."""

from tests.rig.operators.test_http import Call, control_api_operator, do, station_only

from plugfest.lab.iso15118.ev import CommunicatingEv

EV = CommunicatingEv(v2g_root="root", energy=20000, departure=3600)


def test_a_fixture_has_them_in_the_address() -> None:
    query = "communicates=true&authorization=EIM&energy=20000&departure=3600&evse_id=1"
    (call,) = do(lambda operator: operator.ev_prepare(1, EV), station_only)
    assert call == Call(f"/api/v1/ev_prepare?{query}", {"v2g_root": "root"})


def test_the_control_api_has_them_in_the_body() -> None:
    (call,) = do(lambda operator: operator.ev_prepare(1, EV), control_api_operator)
    assert isinstance(call.body, dict)
    assert (call.body["energy"], call.body["departure"]) == (20000, 3600)
