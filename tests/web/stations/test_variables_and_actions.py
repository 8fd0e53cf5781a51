"""The variables of a station, and actions of the control API that need a form."""

import re
from importlib import resources
from pathlib import Path

import pytest
from tests.web.stations.site import PASSWORD, Site, simulated

from plugfest.clock import utc_now
from plugfest.ocpp.v201 import messages as m
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.v2g_pki import V2gPki
from plugfest.station.control.operations import BY_NAME


def test_variables_are_searched_and_what_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        text = (await site.get("/stations/1/variables")).text
        assert "AlignedDataCtrlr.Interval" in text
        assert PASSWORD not in text
        found = (await site.get("/stations/1/variables?q=HEARTBEATINTERVAL readwrite")).text
        assert "OCPPCommCtrlr.HeartbeatInterval" in found
        assert "AlignedDataCtrlr.Interval" not in found
        assert "not readable" in (await site.get("/stations/1/variables?q=BasicAuthPassword")).text
        assert "0 of " in (await site.get("/stations/1/variables?q=%3Cscript%3Ealert(1)")).text
        assert "<script>alert" not in (await site.get("/stations/1/variables?q=%3Cscript%3Ealert(1)")).text
        await site.post("/stations/1/do/power_off")
        assert "The station is off." in (await site.get("/stations/1/variables")).text
        await site.post("/stations/1/stop")
        assert "The station is off." in (await site.get("/stations/1/variables")).text

    simulated(tmp_path, scenario)


def test_configuration_keys_are_those_of_1_6(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(product="reference-16-ac")
        text = await site.see("/stations/1/variables", "<code>HeartbeatInterval</code>")
        assert "Configuration keys" in text
        assert PASSWORD not in text

    simulated(tmp_path, scenario)


def test_a_sensor_measures_what_is_set_until_it_is_released(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        voltage = {"variable": "EVSE.ACVoltage", "evse_id": "1"}
        assert (await site.post("/stations/1/measured", value="251.5", **voltage)).status_code == 204
        assert "251.5 V" in (await site.get("/stations/1")).text
        assert (await site.post("/stations/1/measured", value="", **voltage)).status_code == 204
        assert "251.5 V" not in (await site.get("/stations/1")).text
        unknown = await site.post("/stations/1/measured", variable="EVSE.Colour", evse_id="1", value="1")
        assert (unknown.status_code, "cannot be set" in unknown.text) == (409, True)

    simulated(tmp_path, scenario)


def test_a_limit_of_the_station_is_set_and_released(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")
        await site.post("/stations/1/token", id_token="10000001", type="ISO14443", evse_id="1")
        await site.see("/stations/1", "Occupied · Charging")
        limit = {"watts": "4600", "periods": "", "duration": "", "source": "EMS"}
        assert (await site.post("/stations/1/do/external_limit", **limit)).status_code == 204
        await site.see("/stations/1", "4.6<span")
        assert (await site.post("/stations/1/do/external_limit", **{**limit, "watts": ""})).status_code == 204
        await site.see("/stations/1", "22.1<span")

    simulated(tmp_path, scenario)


def test_a_fault_ends_the_charging_of_all_phases_until_it_is_removed(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(product="reference-ac")
        connector = {"evse_id": "1", "connector_id": "1"}
        await site.csms.expect(m.BootNotificationRequest)
        await site.post("/stations/1/do/plug_in", **connector)
        await site.post("/stations/1/token", id_token="10000001", type="ISO14443", evse_id="1")
        await site.see("/stations/1", "32.0 · 32.0 · 32.0 A")
        assert (await site.post("/stations/1/do/fault_on", **connector)).status_code == 204
        await site.see("/stations/1", "contactor open · faulted")
        await site.see("/stations/1", "0.0 · 0.0 · 0.0 A")
        assert (await site.post("/stations/1/do/fault_off", **connector)).status_code == 204
        assert "· faulted" not in (await site.get("/stations/1")).text

    simulated(tmp_path, scenario)


def test_a_fault_with_a_code_is_caused_by_its_form(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        fault = {"evse_id": "1", "connector_id": "1", "error_code": "GroundFailure", "vendor_error_code": "<E17>"}
        assert (await site.post("/stations/1/do/fault_on", **fault, info="", vendor_id="")).status_code == 204
        assert "faulted: GroundFailure &lt;E17&gt;" in await site.see("/stations/1", "· faulted")
        assert (await site.csms.expect(m.NotifyEventRequest)).event_data[0].tech_code == "<E17>"

    simulated(tmp_path, scenario)


def test_an_ev_is_configured_with_the_fields_that_are_not_empty(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start(product="reference-ac")
        await site.csms.expect(m.BootNotificationRequest)
        ev = {"evse_id": "1", "capacity": "", "max_ac_current": "10", "ac_phases": "2", "reaction_time": ""}
        assert (await site.post("/stations/1/do/ev_configure", **ev)).status_code == 204
        wrong = await site.post("/stations/1/do/ev_configure", **{**ev, "ac_phases": "", "max_ac_current": "0"})
        assert (wrong.status_code, wrong.text) == (409, "max_ac_current is 0.1 to 1000 A, not 0 A")
        await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")
        await site.post("/stations/1/token", id_token="10000001", type="ISO14443", evse_id="1")
        await site.see("/stations/1", "10.0 · 10.0 · 0.0 A")

    simulated(tmp_path, scenario)


def test_the_answer_to_a_data_transfer_is_returned_as_text(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        message = {"vendor_id": "com.vendor", "message_id": "", "data": "x"}
        await site.csms.expect(m.StatusNotificationRequest)
        answer = await site.post("/stations/1/do/data_transfer", **message)
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text == '{"status":"UnknownVendorId","data":null,"reason":""}'
        assert site.csms.all(m.DataTransferRequest)[0].data == "x"

    simulated(tmp_path, scenario)


def test_a_clock_is_set_in_utc(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.see("/stations/1", "accepted by the CSMS")
        clock = {"time": "2031-02-03T04:05", "offset": ""}
        assert (await site.post("/stations/1/do/set_clock", **clock)).status_code == 204
        rows = (await site.get("/stations/1/variables?q=ClockCtrlr.DateTime")).text
        assert "2031-02-03T04:05" in rows
        both = await site.post("/stations/1/do/set_clock", time="2031-02-03T04:05:06Z", offset="1")
        assert (both.status_code, both.text) == (409, "the clock is set to a time, or by an offset")

    simulated(tmp_path, scenario)


def test_an_ev_with_a_contract_charges_and_ends_its_session(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        now = utc_now()
        v2g, mobility_operator = V2gPki(now, "V2G", "http://localhost/v2g"), V2gPki(now, "MO", "http://localhost/mo")
        v2g_root, mo_root = (certificate_to_pem(each.authorities[0].certificate) for each in (v2g, mobility_operator))
        roots = {"v2g_roots": v2g_root, "mo_roots": mo_root}
        await site.start(product="reference-plug-and-charge", **roots)
        await site.csms.expect(m.BootNotificationRequest)
        contract = mobility_operator.contract("DE-8AA-C12345678-X").chain
        ev = {"evse_id": "1", "contract": contract, "v2g_roots": v2g_root, "certificate_request": "", "energy": ""}
        wrong = await site.post("/stations/1/do/ev_prepare", **{**ev, "contract": "no PEM"})
        assert wrong.status_code == 409
        assert (await site.post("/stations/1/do/ev_prepare", **ev)).status_code == 204
        await site.post("/stations/1/do/plug_in", evse_id="1", connector_id="1")
        assert "the station has no V2G certificate" in await site.see("/stations/1", "no plug and charge:")
        await site.post("/stations/1/token", id_token="10000001", type="ISO14443", evse_id="1")
        await site.see("/stations/1", "Occupied · Charging")
        assert (await site.post("/stations/1/do/ev_stop", evse_id="1")).status_code == 204
        again = await site.post("/stations/1/do/ev_stop", evse_id="1")
        assert (again.status_code, again.text) == (409, "the EV at EVSE 1 has no session by ISO 15118")
        assert (await site.post("/stations/1/do/ev_ordinary", evse_id="1")).status_code == 204

    simulated(tmp_path, scenario)


def test_storage_has_faults_and_customers_are_stored(tmp_path: Path) -> None:
    async def scenario(site: Site) -> None:
        await site.start()
        await site.csms.expect(m.BootNotificationRequest)
        assert (await site.post("/stations/1/do/log_storage", available="false")).status_code == 204
        text = (await site.get("/stations/1")).text
        assert re.search(r'id="log_storage-1"\s+aria-pressed="false"', text)
        assert re.search(r'id="customer_storage-1"\s+aria-pressed="true"', text)
        assert (await site.post("/stations/1/do/store_customer", identifier="C-1")).status_code == 204

    simulated(tmp_path, scenario)


@pytest.mark.parametrize("operation", sorted(BY_NAME.keys() - {"present_token", "set_measured_value"}))
def test_everything_that_the_control_api_can_do_has_a_button_or_a_form(operation: str) -> None:
    """The other two have forms of their own: a token is remembered, and a variable is chosen from a list."""
    templates = (resources.files("plugfest.web") / "templates" / "stations").iterdir()
    assert any(re.search(rf"do/{operation}\b|'{operation}'", each.read_text()) for each in templates)
