"""The port of the high-level communication with EVs: what the SECC of a station and an EV exchange by ISO 15118-2.

Each request of an EV is an event. The station answers it with a method of `EvCommunication`. Contents that a station
only passes on stay as they are (EXI). Powers in W, energies in Wh, currents in A, voltages in V, times in s from now.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

import msgspec


class CertificateAction(StrEnum):
    """What an EV requests for its contract certificate (CertificateActionEnumType)."""

    INSTALL = "Install"
    UPDATE = "Update"


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """What the station offers an EV at the start of a session (ServiceDiscoveryRes), and what the TLS handshake shows.

    `contract`: to authorize by a contract certificate (plug and charge). `certificates`: to install or update it.
    `secc_chains`: the certificates of the SECC, each leaf first, in PEM; `ocsp_responses`: in DER.
    """

    contract: bool
    certificates: bool
    secc_chains: tuple[str, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()


class ChargingNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What an EV needs (ChargeParameterDiscoveryReq). `phases` 0: direct current; `departure` None: unknown."""

    phases: int
    energy: float
    departure: float | None = None
    min_current: float = 6.0
    max_current: float
    max_voltage: float
    max_power: float | None = None
    capacity: float | None = None
    state_of_charge: float | None = None
    max_limits: int = 12
    """The number of limits that the EV supports in a schedule (MaxEntriesSAScheduleTuple)."""


class PowerLimit(msgspec.Struct, frozen=True):
    """At most so much power from this time on, until the next limit."""

    start: float
    watts: float


class Schedule(msgspec.Struct, frozen=True):
    """A schedule that the station offers (SAScheduleTuple). The last limit holds until `duration`; None: no end."""

    id: int
    limits: tuple[PowerLimit, ...]
    duration: float | None = None


class SessionSetUp(msgspec.Struct, frozen=True):
    """An EV has begun a session (SessionSetupReq). Answer: `offer_services`. `protocol`: namespace, major, minor."""

    evse_id: int
    protocol: str


class SeccRefused(msgspec.Struct, frozen=True):
    """The EV has refused the certificates of the SECC (TLS alert), and goes on without plug and charge."""

    evse_id: int
    reason: str
    """In words, as far as the SECC knows it."""


class CertificateRequested(msgspec.Struct, frozen=True):
    """The EV requests a contract certificate. Answer: `answer_certificate_request`."""

    evse_id: int
    action: CertificateAction
    schema_version: str
    exi: bytes
    """The whole CertificateInstallationReq or CertificateUpdateReq."""


class AuthorizationRequested(msgspec.Struct, frozen=True):
    """The EV requests authorization. Answer: `answer_authorization`.

    `contract`: the chain of its contract certificate, leaf first, without root, in PEM (PaymentDetailsReq; the SECC
    has verified that the EV has its key); None: by external identification means, so that the driver identifies.
    """

    evse_id: int
    contract: str | None


class NeedsSent(msgspec.Struct, frozen=True):
    """The EV sends what it needs. Answer: `offer_schedules`. `requested`: because the station asked to renegotiate."""

    evse_id: int
    needs: ChargingNeeds
    requested: bool = False


class ScheduleChosen(msgspec.Struct, frozen=True):
    """The EV has chosen a schedule and starts to charge (PowerDeliveryReq). `profile`: its plan; empty: none."""

    evse_id: int
    schedule_id: int
    profile: tuple[PowerLimit, ...] = ()


class SessionStopped(msgspec.Struct, frozen=True):
    """The EV has ended the session (SessionStopReq with Terminate)."""

    evse_id: int


CommunicationEvent: TypeAlias = (
    SessionSetUp
    | SeccRefused
    | CertificateRequested
    | AuthorizationRequested
    | NeedsSent
    | ScheduleChosen
    | SessionStopped
)

COMMUNICATION_EVENTS: Final = (
    SessionSetUp,
    SeccRefused,
    CertificateRequested,
    AuthorizationRequested,
    NeedsSent,
    ScheduleChosen,
    SessionStopped,
)


class EvCommunication(Protocol):
    """The session with the EV at one EVSE. What the EV did not ask for, or an EV that has left, is ignored."""

    def offer_services(self, services: Services) -> None: ...

    def answer_certificate_request(self, exi: bytes | None) -> None:
        """The whole CertificateInstallationRes or CertificateUpdateRes; None: failed."""

    def answer_authorization(self, accepted: bool) -> None: ...

    def offer_schedules(self, schedules: Sequence[Schedule]) -> None:
        """One schedule or more. The EV chooses."""

    def renegotiate(self) -> None:
        """Ask the EV to renegotiate its schedule (EVSENotification ReNegotiation)."""

    def stop(self) -> None:
        """Ask the EV to stop charging and to end the session (EVSENotification StopCharging)."""
