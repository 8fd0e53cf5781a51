"""The virtual EV's session by ISO 15118: what it requests, and what the answers of the station lead to."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec
import pytest

from plugfest import clock
from plugfest.hardware.communication import (
    AuthorizationRequested,
    CertificateAction,
    CertificateRequested,
    CommunicationEvent,
    NeedsSent,
    PowerLimit,
    Schedule,
    ScheduleChosen,
    Services,
    SessionSetUp,
    SessionStopped,
)
from plugfest.hardware.ports import HardwareError, Pilot
from plugfest.hardware.virtual.communication import ATTEMPTS, RETRY, CommunicatingEv
from plugfest.hardware.virtual.spec import ConnectorSpec, EvseSpec, StationSpec
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.security.keys import new_key, signing_request, subject
from plugfest.security.v2g_pki import V2gPki

AC = EvseSpec(connectors=(ConnectorSpec(),), phases=3, max_power=11_040, communicates=True)
DC = EvseSpec(connectors=(ConnectorSpec(fixed_cable=True),), phases=0, max_power=100_000, communicates=True)

PKI = V2gPki(datetime.now(UTC), "V2G", "http://ocsp.invalid")
SECC = PKI.sign(signing_request(new_key(), subject("SECC", "Plugfest")))
TRUSTING = CommunicatingEv(contract="contract", v2g_roots=(PKI.root_pem,))


class Bench:
    """A station without software: the test answers the EV."""

    def __init__(self, spec: EvseSpec = AC) -> None:
        self.hardware = VirtualHardware(StationSpec(evses=(spec,)))
        self.port = self.hardware.communications[1]
        self.requests: list[CommunicationEvent] = []
        self.hardware.listen(self._record)

    def _record(self, event: object) -> None:
        if isinstance(event, CommunicationEvent):
            self.requests.append(event)

    async def begin(self, ev: CommunicatingEv = TRUSTING, *, contract: bool = True, chain: str = SECC) -> None:
        """Plug in, and offer services."""
        self.hardware.ev_prepare(1, ev)
        self.hardware.plug_in(1, 1)
        await asyncio.sleep(5)
        self.port.offer_services(Services(contract=contract, certificates=True, secc_chains=(chain,) if chain else ()))

    async def charge(self) -> None:
        """Authorize, and offer a schedule."""
        self.port.answer_authorization(True)
        await asyncio.sleep(5)
        self.port.offer_schedules([Schedule(1, (PowerLimit(0, 5000), PowerLimit(60, 50_000)))])


def simulated(body: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await body()

    clock.run(run(), simulated=True)


def test_an_ev_that_is_not_prepared_does_not_communicate() -> None:
    async def run() -> None:
        bench = Bench()
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(60)
        assert bench.requests == []

    simulated(run)


def test_an_evse_without_communication_has_no_port_and_no_such_ev() -> None:
    hardware = VirtualHardware(StationSpec(evses=(EvseSpec(connectors=(ConnectorSpec(),), phases=3, max_power=1),)))
    assert hardware.communications == {}
    with pytest.raises(HardwareError, match="EVSE 1 does not communicate"):
        hardware.ev_prepare(1, TRUSTING)


def test_a_prepared_ev_presents_its_contract() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        assert bench.requests == [
            SessionSetUp(1, "urn:iso:15118:2:2013:MsgDef,2,0"),
            AuthorizationRequested(1, "contract"),
        ]

    simulated(run)


@pytest.mark.parametrize(("contract", "chain"), [(False, SECC), (True, "")])
def test_without_plug_and_charge_the_ev_waits_for_the_driver(contract: bool, chain: str) -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin(contract=contract, chain=chain)
        assert bench.requests[-1] == AuthorizationRequested(1, None)

    simulated(run)


def test_an_ev_requests_its_certificate_before_it_presents_it() -> None:
    async def run() -> None:
        bench = Bench()
        ev = CommunicatingEv(
            contract="contract", certificate_request=CertificateAction.UPDATE, v2g_roots=(PKI.root_pem,)
        )
        await bench.begin(ev)
        request = bench.requests[-1]
        assert isinstance(request, CertificateRequested)
        assert request.action is CertificateAction.UPDATE
        bench.port.answer_certificate_request(b"exi")
        assert bench.requests[-1] == AuthorizationRequested(1, "contract")

    simulated(run)


def test_an_ev_whose_session_has_failed_charges_by_iec_61851() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        bench.hardware.evses[1].offer(11_040)
        await asyncio.sleep(5)
        assert bench.hardware.evses[1].connectors[1].pilot is Pilot.EV_CONNECTED
        bench.port.answer_authorization(False)
        await asyncio.sleep(5)
        assert bench.hardware.evses[1].connectors[1].pilot is Pilot.EV_READY
        assert isinstance(bench.requests[-1], AuthorizationRequested)

    simulated(run)


def test_an_ev_charges_when_it_has_chosen_a_schedule() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        bench.hardware.evses[1].offer(11_040)
        bench.port.answer_authorization(True)
        await asyncio.sleep(5)
        assert isinstance(bench.requests[-1], NeedsSent)
        assert bench.hardware.evses[1].connectors[1].pilot is Pilot.EV_CONNECTED
        bench.port.offer_schedules([Schedule(7, (PowerLimit(0, 5000), PowerLimit(60, 50_000)))])
        await asyncio.sleep(5)
        assert bench.requests[-1] == ScheduleChosen(1, 7, (PowerLimit(0, 5000), PowerLimit(60, 22_080)))
        assert bench.hardware.evses[1].connectors[1].pilot is Pilot.EV_READY

    simulated(run)


def test_a_dc_ev_needs_direct_current() -> None:
    async def run() -> None:
        bench = Bench(DC)
        await bench.begin()
        bench.port.answer_authorization(True)
        await asyncio.sleep(5)
        request = bench.requests[-1]
        assert isinstance(request, NeedsSent)
        assert (request.needs.phases, request.needs.max_power) == (0, 150_000)

    simulated(run)


def test_the_first_needs_have_the_energy_and_the_departure_that_were_chosen() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin(msgspec.structs.replace(TRUSTING, energy=20_000, departure=3600))
        bench.port.answer_authorization(True)
        await asyncio.sleep(5)
        request = bench.requests[-1]
        assert isinstance(request, NeedsSent)
        assert (request.needs.energy, request.needs.departure) == (20_000, 3600)

    simulated(run)


def test_a_renegotiation_of_the_station_and_one_of_the_ev_differ() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        await bench.charge()
        bench.port.renegotiate()
        request = bench.requests[-1]
        assert isinstance(request, NeedsSent)
        assert request.requested
        bench.port.offer_schedules([Schedule(1, (PowerLimit(0, 5000),))])
        bench.hardware.ev_renegotiate(1, 1000, 60)
        request = bench.requests[-1]
        assert isinstance(request, NeedsSent)
        assert not request.requested
        assert (request.needs.energy, request.needs.departure) == (1000, 60)

    simulated(run)


def test_the_station_or_the_ev_ends_the_session_once() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        await bench.charge()
        bench.port.stop()
        assert bench.requests[-1] == SessionStopped(1)
        with pytest.raises(HardwareError, match="has no session"):
            bench.hardware.ev_stop(1)

    simulated(run)


def test_an_ev_without_an_answer_gives_up() -> None:
    async def run() -> None:
        bench = Bench()
        bench.hardware.ev_prepare(1, TRUSTING)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(ATTEMPTS * RETRY * 2)
        assert len(bench.requests) == ATTEMPTS

    simulated(run)


def test_the_next_ev_does_not_communicate() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        bench.hardware.unplug(1, 1)
        before = len(bench.requests)
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(60)
        assert len(bench.requests) == before

    simulated(run)


def test_the_ev_chooses_the_schedule_with_the_most_energy() -> None:
    async def run() -> None:
        bench = Bench()
        await bench.begin()
        bench.port.answer_authorization(True)
        await asyncio.sleep(5)
        low = Schedule(1, (PowerLimit(0, 5000),), 3600)
        late = Schedule(2, (PowerLimit(0, 2000), PowerLimit(600, 11000)), 3600)
        bench.port.offer_schedules([low, late])
        chosen = bench.requests[-1]
        assert isinstance(chosen, ScheduleChosen)
        assert chosen.schedule_id == 2

    simulated(run)
