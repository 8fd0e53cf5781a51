"""The session of a virtual EV with the station by ISO 15118-2: an EV with a contract certificate and needs."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from plugfest import clock
from plugfest.hardware.communication import (
    AuthorizationRequested,
    CertificateAction,
    CertificateRequested,
    ChargingNeeds,
    CommunicationEvent,
    NeedsSent,
    PowerLimit,
    Schedule,
    ScheduleChosen,
    SeccRefused,
    Services,
    SessionSetUp,
    SessionStopped,
)
from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.hardware.virtual.meter import AC_VOLTAGE
from plugfest.security.certificates import (
    CertificateHash,
    InvalidCertificate,
    certificate_hash,
    certificates_from_pem,
    common_name,
    with_issuers,
)
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.ocsp import InvalidOcspResponse, read_ocsp_response

PROTOCOL: Final = "urn:iso:15118:2:2013:MsgDef,2,0"
SCHEMA_VERSION: Final = PROTOCOL.partition(",")[0]

REACTION_TIME: Final = 2.0
"""Seconds from plugging in to the first message: SLAC, discovery and the TLS handshake."""

TIME_TO_NEEDS: Final = 3.0
"""Seconds from the authorization until the EV sends what it needs."""

RETRY: Final = 10.0
"""Seconds after which an EV without an answer begins its session again."""

ATTEMPTS: Final = 6
"""After so many attempts the EV is left with IEC 61851."""

_DC_VOLTAGE: Final = 400.0

_DAY: Final = 24 * 3600.0


class CommunicatingEv(msgspec.Struct, frozen=True, kw_only=True):
    """What an EV that communicates by ISO 15118 has.

    `contract`: the chain of its contract certificate, leaf first, in PEM; None: the driver identifies at the station.
    `certificate_request`: what it requests for the contract before it presents it. `v2g_roots`: in PEM, the roots that
    it trusts; without one of them there is no TLS connection, so no plug and charge. `energy` that it asks for, in Wh;
    None: what its battery lacks. `departure`: in seconds from then; None: unknown.
    """

    contract: str | None = None
    certificate_request: CertificateAction | None = None
    v2g_roots: tuple[str, ...] = ()
    energy: float | None = None
    departure: float | None = None


class _Phase(Enum):
    """What the EV waits for."""

    NOTHING = "no session"
    SERVICES = "the services"
    CERTIFICATE = "the contract certificate"
    AUTHORIZATION = "the authorization"
    SCHEDULES = "the schedules"
    CHARGING = "nothing: it charges"
    ENDED = "the driver: its session has ended"


_WITHOUT_SESSION: Final = (_Phase.NOTHING, _Phase.ENDED)


class VirtualCommunication:
    """The communication at one EVSE. Without a prepared EV nothing happens: other EVs use IEC 61851 only."""

    def __init__(self, evse_id: int, evse: VirtualEvse, emit: Callable[[CommunicationEvent], None]) -> None:
        self._id = evse_id
        self._evse = evse
        self._emit = emit
        self._ev: CommunicatingEv | None = None
        self._phase = _Phase.NOTHING
        self._services: Services | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._attempts = 0

    # The port `EvCommunication`.

    def offer_services(self, services: Services) -> None:
        if self._ev is None or self._phase is not _Phase.SERVICES:
            return
        self._services = services
        self._report_refusal(services)
        action = self._ev.certificate_request
        if action is not None and services.certificates and self._uses_contract:
            self._wait_for(_Phase.CERTIFICATE)
            exi = f"{action} of a virtual EV".encode()  # opaque to the station and to OCPP
            self._emit(CertificateRequested(self._id, action, SCHEMA_VERSION, exi))
        else:
            self._request_authorization()

    def answer_certificate_request(self, exi: bytes | None) -> None:
        if self._phase is not _Phase.CERTIFICATE:
            return
        if exi is None:
            self._end()
        else:
            self._request_authorization()

    def answer_authorization(self, accepted: bool) -> None:
        if self._phase is not _Phase.AUTHORIZATION:
            return
        if accepted:
            self._wait_for(_Phase.SCHEDULES)
            self._timer = asyncio.get_running_loop().call_later(TIME_TO_NEEDS, self._send_needs)
        else:
            self._end()

    def offer_schedules(self, schedules: Sequence[Schedule]) -> None:
        if self._phase is not _Phase.SCHEDULES or not schedules:
            return
        chosen = max(schedules, key=_energy)
        self._wait_for(_Phase.CHARGING)
        self._emit(ScheduleChosen(self._id, chosen.id, self._profile(chosen)))
        self._set_held(False)

    def renegotiate(self) -> None:
        if self._phase is _Phase.CHARGING:
            self._send_needs(requested=True)

    def stop(self) -> None:
        if self._phase not in _WITHOUT_SESSION:
            self.stop_session()

    # The EV.

    def prepare(self, ev: CommunicatingEv | None) -> None:
        """The EV here, or the next one, communicates like this; None: not at all."""
        self._ev = ev
        self.connection_changed()

    def renegotiate_needs(self, energy: float | None, departure: float | None) -> None:
        """The EV asks for a new schedule, with other needs. Raises HardwareError if it does not charge."""
        if self._ev is None or self._phase is not _Phase.CHARGING:
            raise HardwareError(f"the EV at EVSE {self._id} is not in a charging session by ISO 15118")
        self._ev = msgspec.structs.replace(
            self._ev,
            energy=self._ev.energy if energy is None else energy,
            departure=self._ev.departure if departure is None else departure,
        )
        self._send_needs()

    def stop_session(self) -> None:
        """The EV ends its session. Raises HardwareError if it has none."""
        if self._phase in _WITHOUT_SESSION:
            raise HardwareError(f"the EV at EVSE {self._id} has no session by ISO 15118")
        self._wait_for(_Phase.ENDED)
        self._emit(SessionStopped(self._id))
        self._set_held(True)

    def connection_changed(self) -> None:
        """A cable was plugged in or out: begin a session, or forget it."""
        plugged_in = self._plugged_in()
        if plugged_in and self._ev is not None and self._phase is _Phase.NOTHING and self._timer is None:
            self._attempts = 0
            self._timer = asyncio.get_running_loop().call_later(REACTION_TIME, self._begin)
            self._set_held(True)
        elif not plugged_in:
            self.forget()

    def interrupt(self) -> None:
        """The station has no power: the EV begins again until the station answers."""
        self.forget()
        self.connection_changed()

    def forget(self) -> None:
        """The EV is no longer connected."""
        self._cancel_timer()
        self._phase = _Phase.NOTHING
        self._services = None
        self._set_held(False)

    def _begin(self) -> None:
        if self._attempts == ATTEMPTS:
            self._end()
            return
        self._attempts += 1
        self._wait_for(_Phase.SERVICES)
        self._timer = asyncio.get_running_loop().call_later(RETRY, self._begin)
        self._emit(SessionSetUp(self._id, PROTOCOL))

    def _request_authorization(self) -> None:
        self._wait_for(_Phase.AUTHORIZATION)
        contract = self._ev.contract if self._ev is not None and self._uses_contract else None
        self._emit(AuthorizationRequested(self._id, contract))

    @property
    def _uses_contract(self) -> bool:
        """Plug and charge needs TLS: the station has a certificate under a V2G root that the EV trusts."""
        if self._ev is None or self._services is None or self._ev.contract is None or not self._services.contract:
            return False
        return any(_problem(chain, self._ev.v2g_roots, self._services) is None for chain in self._services.secc_chains)

    def _report_refusal(self, services: Services) -> None:
        """The TLS alert of an EV that would use its contract, but for the certificates of the SECC."""
        if self._ev is None or self._ev.contract is None or not services.contract or self._uses_contract:
            return
        problems = [_problem(chain, self._ev.v2g_roots, services) for chain in services.secc_chains]
        if problems:
            self._emit(SeccRefused(self._id, str(problems[-1])))

    def _send_needs(self, *, requested: bool = False) -> None:
        self._wait_for(_Phase.SCHEDULES)
        self._emit(NeedsSent(self._id, self._needs(), requested))

    def _needs(self) -> ChargingNeeds:
        assert self._ev is not None
        lacking = self._needs_of_battery()
        energy = lacking.energy if self._ev.energy is None else self._ev.energy
        return msgspec.structs.replace(lacking, energy=energy, departure=self._ev.departure)

    def _needs_of_battery(self) -> ChargingNeeds:
        ev = self._evse.ev
        assert ev is not None
        energy = (100.0 - ev.state_of_charge) / 100.0 * ev.capacity
        if self._evse.phases:
            phases = min(self._evse.phases, ev.ac_phases)
            return ChargingNeeds(phases=phases, energy=energy, max_current=ev.max_ac_current, max_voltage=AC_VOLTAGE)
        return ChargingNeeds(
            phases=0,
            energy=energy,
            max_current=ev.max_dc_power / _DC_VOLTAGE,
            max_voltage=_DC_VOLTAGE,
            max_power=ev.max_dc_power,
            capacity=ev.capacity,
            state_of_charge=ev.state_of_charge,
        )

    def _profile(self, schedule: Schedule) -> tuple[PowerLimit, ...]:
        """What the EV plans to draw: as much as it needs and the schedule allows."""
        needs = self._needs()
        most = needs.max_power or needs.max_current * needs.max_voltage * max(needs.phases, 1)
        return tuple(PowerLimit(each.start, min(each.watts, most)) for each in schedule.limits)

    def _end(self) -> None:
        """The session has failed: the EV is left with IEC 61851."""
        self._wait_for(_Phase.ENDED)
        self._set_held(False)

    def _plugged_in(self) -> bool:
        return self._evse.ev is not None

    def _wait_for(self, phase: _Phase) -> None:
        self._cancel_timer()
        self._phase = phase

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_held(self, held: bool) -> None:
        """An EV draws no energy before it has chosen a schedule, and after its session."""
        ev = self._evse.ev
        if ev is not None and ev.held is not held:
            ev.held = held
            self._evse.update()


def _energy(schedule: Schedule) -> float:
    """What a schedule permits in its time, or in a day, in Ws."""
    starts = [each.start for each in schedule.limits]
    ends = [*starts[1:], _DAY if schedule.duration is None else schedule.duration]
    return sum(each.watts * (end - each.start) for each, end in zip(schedule.limits, ends, strict=True))


def _problem(chain: str, roots: Sequence[str], services: Services) -> str | None:
    """Why an EV with these V2G roots refuses a chain of the SECC, and the OCSP responses with it; None: it does not."""
    try:
        certificates = certificates_from_pem(chain)
        known = [certificates_from_pem(pem)[0] for pem in roots]
        verify_chain(certificates, known, clock.utc_now())
    except (InvalidCertificate, UntrustedChain) as error:
        return str(error)
    for certificate, issuer in with_issuers(certificates, known):
        status = _status(certificate_hash(certificate, issuer), services.ocsp_responses)
        if status not in (None, "good"):
            return f"the OCSP status of {common_name(certificate)} is {status}"
    return None


def _status(data: CertificateHash, responses: Sequence[bytes]) -> str | None:
    """The status of a certificate; None if no response is about it."""
    for response in responses:
        with contextlib.suppress(InvalidOcspResponse):
            return read_ocsp_response(response, data).status
    return None
