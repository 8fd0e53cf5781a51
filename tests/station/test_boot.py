"""Cold boot: what a station says before and after the CSMS has accepted it (B01, B02, B03)."""

from tests.station.bench import PASSWORD, bench

from plugfest.clock import run_simulated
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import BootReasonEnumType


def test_it_boots_with_its_identity_and_says_who_it_is() -> None:
    async def scenario() -> None:
        async with bench() as (_, csms):
            boot = await csms.expect(m.BootNotificationRequest)
            assert csms.handshakes[0].identity == "CS001"
            assert csms.handshakes[0].credentials == ("CS001", PASSWORD)
            assert boot.reason is BootReasonEnumType.PowerUp
            assert boot.charging_station.vendor_name == "Alpitronic"

    run_simulated(scenario())
