"""What an installer can set, and what a store remembers of it."""

import pytest
from tests.station.bench import PASSWORD, product_claiming

from plugfest.products import load_product
from plugfest.security.profile import SecurityProfile
from plugfest.station.device_model.factory import build_device_model
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.equipment import virtual_hardware
from plugfest.station.network import NetworkProfiles
from plugfest.station.provisioning import ProvisioningError, Settings, parse_address, provision
from plugfest.station.store import Store

HYC = load_product("alpitronic-hyc-200-eu")
HARDWARE = virtual_hardware(HYC)
URL = "ws://csms.example.com/ocpp"


def install(store: Store | None = None, **settings: object) -> tuple[DeviceModel, NetworkProfiles]:
    memory = store or Store()
    wanted = {"identity": "CS001", "csms_url": URL, "password": PASSWORD} | settings
    provision(HYC, memory, HARDWARE, Settings(**wanted))  # type: ignore[arg-type]
    model = build_device_model(HYC, HARDWARE, memory)
    return model, NetworkProfiles(memory, model)


def test_a_new_station_knows_who_it_is_and_where_its_csms_is() -> None:
    model, profiles = install(variables={"OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "7"})
    assert model.text("SecurityCtrlr", "Identity") == "CS001"
    assert model.text("SecurityCtrlr", "BasicAuthPassword") == PASSWORD
    assert model.integer("OCPPCommCtrlr", "MessageAttempts", instance="TransactionEvent") == 7
    profile = profiles.get(1)
    assert profile is not None
    assert profile.url == URL
    assert profiles.priority == (1,)


def test_what_the_csms_has_changed_since_stays() -> None:
    store = Store()
    model, profiles = install(store)
    found = profiles.get(1)
    assert found is not None
    profiles.put(2, found)
    model.put("OCPPCommCtrlr", "NetworkConfigurationPriority", "2,1")
    model, profiles = install(store)
    assert profiles.priority == (2, 1)


def test_another_csms_takes_the_place_of_the_first() -> None:
    store = Store()
    install(store)
    _, profiles = install(store, csms_url="ws://other.example.com")
    profile = profiles.get(1)
    assert profile is not None
    assert profile.url == "ws://other.example.com"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"identity": ""}, "is no identity"),
        ({"identity": "x" * 49}, "is no identity"),
        ({"csms_url": "csms.example.com"}, "is no CSMS address"),
        ({"security_profile": SecurityProfile.TLS_BASIC}, "must begin with wss://"),
        ({"password": "short"}, "shorter than 16 characters"),
        ({"variables": {"OfflineThreshold": "1"}}, "is no Component.Variable"),
        ({"variables": {"TxCtrlr.TxStartPoint": "Sometimes"}}, "Sometimes is not one of"),
        (
            {"csms_url": "wss://x", "security_profile": SecurityProfile.TLS_BASIC},
            "no CSMSRootCertificate is installed",
        ),
        (
            {"csms_url": "wss://x", "security_profile": SecurityProfile.TLS_BASIC, "csms_roots": ("no PEM",)},
            "root certificate cannot be used",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused_and_leave_nothing(settings: dict[str, object], complaint: str) -> None:
    store = Store()
    with pytest.raises(ProvisioningError, match=complaint):
        install(store, **settings)
    assert len(store.records("network_profiles", dict)) == 0


def test_a_product_without_security_profile_1_does_not_take_it() -> None:
    product = product_claiming("alpitronic-hyc-200-eu", {"C-61": False})
    with pytest.raises(ProvisioningError, match="does not support security profile 1, but 2 or 3"):
        provision(product, Store(), HARDWARE, Settings(identity="CS001", csms_url=URL))


def test_a_store_belongs_to_one_station() -> None:
    store = Store()
    install(store)
    with pytest.raises(ProvisioningError, match="this store belongs to CS001"):
        install(store, identity="CS002")


def test_addresses_are_read_from_text() -> None:
    assert parse_address("A[x].B[y]").text() == "A[x].B[y]"
    assert parse_address("A.B").text() == "A.B"
    with pytest.raises(ProvisioningError):
        parse_address("A.")
