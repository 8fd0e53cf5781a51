"""What the lab asks a station's inventory for."""

import msgspec

from plugfest.clock import run_simulated, utc_now
from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.csms import Csms
from plugfest.lab.recording.record import Record
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.cases.b_provisioning.required_variables import required, required_writable
from plugfest.lab.v201.configuration import Configuration, Known, Variable
from plugfest.ocpp.versions import V201
from plugfest.products import Product, load_product

PRODUCT = load_product("alpitronic-hyc-200-eu")


def writable(product: Product, *choices: str) -> set[str]:
    """Names of what has to be writable where the station chose these to be."""

    async def main() -> set[str]:
        csms = Csms(V201, LabSettings(), Record(lambda: 0.0, utc_now), Answers({}))
        configuration = Configuration(csms, timeout=1.0)
        configuration.known = {Variable.parse(name): Known("", "ReadWrite") for name in choices}
        return {str(variable) for variable in required_writable(product, configuration)}

    return run_simulated(main())


def test_every_evse_and_connector_of_the_product_is_asked_for() -> None:
    names = {str(variable) for variable in required(PRODUCT)}
    assert {"ChargingStation.AvailabilityState", "EVSE(2).Power", "Connector(2/1).ConnectorType"} <= names
    assert "EVSE(3).Power" not in names


def test_a_functional_block_that_the_product_does_not_have_is_not_asked_for() -> None:
    smart = msgspec.structs.replace(PRODUCT, profiles=PRODUCT.profiles | {"Smart Charging"})
    more = {str(variable) for variable in required(smart) - required(PRODUCT)}
    assert more == {
        "SmartChargingCtrlr.ProfileStackLevel",
        "SmartChargingCtrlr.RateUnit",
        "SmartChargingCtrlr.PeriodsPerSchedule",
        "SmartChargingCtrlr.Entries[ChargingProfiles]",
        "SmartChargingCtrlr.LimitChangeSignificance",
    }


def test_what_may_be_read_only_has_to_be_writable_only_if_the_station_says_so() -> None:
    assert "TxCtrlr.TxStartPoint" not in writable(PRODUCT)
    assert "TxCtrlr.TxStartPoint" in writable(PRODUCT, "TxCtrlr.TxStartPoint")
    assert "OCPPCommCtrlr.OfflineThreshold" in writable(PRODUCT)
    assert "SecurityCtrlr.SecurityProfile" not in writable(PRODUCT)
