"""The variables that an inventory must contain."""

import msgspec
import pytest

from plugfest.clock import run_simulated, utc_now
from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.registration import Registration
from plugfest.lab.recording.record import Record
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.configuration import Configuration, KnownVariable, Variable
from plugfest.lab.v201.required_variables import required, required_writable
from plugfest.ocpp.versions import V201
from plugfest.products import Product, load_product

PRODUCT = load_product("alpitronic-hyc-200-eu")


def writable(product: Product, *choices: str) -> set[str]:
    """The names of the variables that must be writable if the station has made `choices` writable."""

    async def main() -> set[str]:
        csms = Csms(V201, LabSettings(), Record(lambda: 0.0, utc_now), Answers({}), Registration())
        configuration = Configuration(csms, timeout=1.0)
        configuration.known = {Variable.parse(name): KnownVariable("", "ReadWrite") for name in choices}
        return {str(variable) for variable in required_writable(product, configuration)}

    return run_simulated(main())


def test_every_evse_and_connector_of_the_product_is_required() -> None:
    names = {str(variable) for variable in required(PRODUCT)}
    assert {"ChargingStation.AvailabilityState", "EVSE(2).Power", "Connector(2/1).ConnectorType"} <= names
    assert "EVSE(3).Power" not in names


@pytest.mark.parametrize("profile", ["Smart Charging", "ISO 15118 Support"])
def test_the_variables_of_a_functional_block_are_required_only_if_the_product_has_it(profile: str) -> None:
    with_profile = msgspec.structs.replace(PRODUCT, profiles=PRODUCT.profiles | {profile})
    more = {str(variable) for variable in required(with_profile) - required(PRODUCT)}
    assert more - {"ISO15118Ctrlr.ContractValidationOffline"} == {
        "SmartChargingCtrlr.ProfileStackLevel",
        "SmartChargingCtrlr.RateUnit",
        "SmartChargingCtrlr.PeriodsPerSchedule",
        "SmartChargingCtrlr.Entries[ChargingProfiles]",
        "SmartChargingCtrlr.LimitChangeSignificance",
    }


def test_a_variable_of_either_access_must_be_writable_only_if_the_station_reports_it_so() -> None:
    assert "TxCtrlr.TxStartPoint" not in writable(PRODUCT)
    assert "TxCtrlr.TxStartPoint" in writable(PRODUCT, "TxCtrlr.TxStartPoint")
    assert "OCPPCommCtrlr.OfflineThreshold" in writable(PRODUCT)
    assert "SecurityCtrlr.SecurityProfile" not in writable(PRODUCT)
