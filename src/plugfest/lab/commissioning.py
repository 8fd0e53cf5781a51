"""Commissioning: the station gets the address, the credentials and the certificates for the CSMS of the lab.

A campaign begins with a station that is commissioned as `Commissioner.default`. If a case requires another security
profile, or a station without a root certificate, the operator commissions the station for it, because a profile is not
lowered over OCPP (A00.FR.005). After the case the operator commissions it for the next one, or as `default` again.
"""

import asyncio
import contextlib
import ssl
from typing import NamedTuple

from plugfest import clock
from plugfest.lab.case import ConnectionRequirement
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.endpoint import Endpoint, EndpointSettings
from plugfest.lab.iso15118.certificates import Iso15118Certificates
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import Commissioning, StationKnowledge
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError, OperatorFailed
from plugfest.link.tls import TLSVersion, server_context
from plugfest.products import Product
from plugfest.security.keys import CertifiedKey
from plugfest.security.pki import TestPki
from plugfest.security.profile import SecurityProfile


class RequiredConnection(NamedTuple):
    """The security profile, and whether the root certificate of the lab is installed; None: any root certificates."""

    profile: SecurityProfile
    root_installed: bool | None


def required_connection(settings: LabSettings, requirement: ConnectionRequirement | None) -> RequiredConnection:
    """How the station is connected for a case; for None, as at the start of a campaign."""
    default = SecurityProfile(settings.security_profile)
    with_root = True if settings.root_installed else None
    if requirement is None or (default in requirement.profiles and requirement.root_installed is None):
        return RequiredConnection(default, with_root)
    matching = default if default in requirement.profiles else SecurityProfile(requirement.profiles[0])
    return RequiredConnection(matching, requirement.root_installed is not False)


class NotCommissioned(LabError):
    """The station was commissioned and does not connect."""


class Commissioner:
    """Has the operator commission the station, and opens the endpoints that it connects to."""

    def __init__(
        self,
        product: Product,
        settings: LabSettings,
        csms: Csms,
        station: StationKnowledge,
        pki: TestPki | None = None,
    ) -> None:
        self._product = product
        self._settings = settings
        self._csms = csms
        self._station = station
        # OpenSSL checks validity by the real time, also if the clock of the campaign is simulated.
        self.pki = pki or TestPki(clock.SystemClock().now())
        self._successor: TestPki | None = None
        self._unrelated_pki: TestPki | None = None
        self.iso15118 = Iso15118Certificates(settings.emaid)
        self._station_keys: dict[str, CertifiedKey] = {}
        self._tls: dict[tuple[TestPki, SecurityProfile, tuple[str, ...]], ssl.SSLContext] = {}
        self.current: Commissioning | None = None
        self.following: ConnectionRequirement | None = None
        """What the case after the running one requires; None if the connection does not matter to it."""

    def after_case(self, operator: Operator) -> ConnectionRequirement | None:
        """How to connect a station after a case, for `ensure_connection`; never with one commissioning more."""
        return self.following if operator.can_commission and self.current != self.default else None

    @property
    def default(self) -> Commissioning:
        """The commissioning at the start of a campaign and between the cases."""
        return self._required(None)

    def commissioning(self, profile: SecurityProfile, *, root_installed: bool | None = True) -> Commissioning:
        """The main endpoint with this security profile. `root_installed` None: any root certificates."""
        scheme = "wss" if profile.uses_tls else "ws"
        return Commissioning(
            csms_url=f"{scheme}://{self._settings.host}:{self._csms.main.port}",
            identity=self._settings.identity,
            password=self._settings.password,
            security_profile=profile,
            csms_roots={True: (self.pki.root_pem,), False: (), None: None}[root_installed],
            own_key=self._own_key() if profile is SecurityProfile.TLS_CLIENT_CERTIFICATE else None,
        )

    def _own_key(self) -> CertifiedKey:
        serial_number = self._station.serial_number() or self._settings.identity
        if serial_number not in self._station_keys:
            self._station_keys[serial_number] = self.pki.station(serial_number)
        return self._station_keys[serial_number]

    def tls(
        self, profile: SecurityProfile, *, pki: TestPki | None = None, station_roots: tuple[str, ...] = ()
    ) -> ssl.SSLContext | None:
        """The TLS settings of the CSMS for a security profile, with a certificate of `pki` (the lab's own if None).

        `station_roots`: further roots that may have signed the certificate of the station, in PEM.
        """
        if not profile.uses_tls:
            return None
        key = (pki or self.pki, profile, station_roots)
        if key not in self._tls:  # loading a key takes milliseconds
            pair = (pki or self.pki).csms_pair(self._settings.host)
            self._tls[key] = self.tls_with(*pair, profile=profile, station_roots=station_roots)
        return self._tls[key]

    def tls_for_files(self, host: str) -> ssl.SSLContext:
        """The TLS settings of a file server: a station that trusts the CSMS has to trust it (N01.FR.15)."""
        return self.tls_with(*self.pki.csms_pair(host), profile=SecurityProfile.TLS_BASIC)

    def tls_with(
        self,
        *keys: CertifiedKey,
        profile: SecurityProfile,
        maximum: TLSVersion = TLSVersion.TLSv1_3,
        station_roots: tuple[str, ...] = (),
    ) -> ssl.SSLContext:
        """The TLS settings of the CSMS for a security profile, with these certificates and up to this TLS version."""
        with_client_certificate = profile is SecurityProfile.TLS_CLIENT_CERTIFICATE
        roots = [self.pki.root_pem, *self._settings.station_roots, *station_roots] if with_client_certificate else None
        return server_context(*keys, client_roots=roots, maximum=maximum)

    def successor(self) -> TestPki:
        """A second PKI. Its root is signed by the root of the first one and may replace it (M05)."""
        if self._successor is None:
            self._successor = TestPki(clock.SystemClock().now(), successor_of=self.pki)
        return self._successor

    def unrelated_pki(self) -> TestPki:
        """A PKI that is not related to that of the lab."""
        if self._unrelated_pki is None:
            self._unrelated_pki = TestPki(clock.SystemClock().now(), organization="Unrelated")
        return self._unrelated_pki

    # Endpoints

    async def open_main(self) -> Endpoint:
        """Open the main endpoint, to which the station is commissioned to connect. Raises CannotListen."""
        profile = SecurityProfile(self._settings.security_profile)
        endpoint = await self._open("main", profile, self._settings.port)
        self.current = self.default
        return endpoint

    async def open_second(self, profile: SecurityProfile, *, pki: TestPki | None = None) -> Endpoint:
        """Open a second endpoint, until the end of the case."""
        return await self._open("second", profile, self._settings.second_port, pki)

    async def _open(self, name: str, profile: SecurityProfile, port: int, pki: TestPki | None = None) -> Endpoint:
        settings = EndpointSettings(
            identity=self._settings.identity,
            password=self._csms.password,
            profile=profile,
            host=self._settings.host,
            port=port,
            listen_host=self._settings.listen_host,
            tls=self.tls(profile, pki=pki),
        )
        return await self._csms.open(name, settings)

    # Commissioning

    @property
    def profile(self) -> SecurityProfile:
        """The security profile that the station is connected with."""
        return self._csms.main.settings.profile

    def invalidate(self) -> None:
        """The case changes the station in a way that OCPP cannot undo: it is commissioned again after the case."""
        self.current = None

    def check_can_recommission(self, operator: Operator) -> None:
        """Call before a change that OCPP cannot undo. Raises OperatorFailed if the operator cannot commission."""
        if not operator.can_commission:
            raise OperatorFailed("the operator cannot commission the station again, which this case requires")

    async def ensure_connection(self, operator: Operator, requirement: ConnectionRequirement | None) -> bool:
        """Have the station connected as required, as `default` if None. True if it was commissioned for that.

        Raises OperatorFailed, NotCommissioned, or NotConfigurable.
        """
        required = self._required(requirement)
        if required == self.current:
            return False
        obstacle = self.obstacle(operator, requirement)
        if obstacle is not None:
            raise OperatorFailed(obstacle)
        if operator.can_commission:
            await self._commission(operator, required)
            return True
        await self._reconnect_as_default(required)
        return False

    def obstacle(self, operator: Operator, requirement: ConnectionRequirement | None) -> str | None:
        """Why the station cannot be connected as required: only an operator who can commission it can change that."""
        required = self._required(requirement)
        if operator.can_commission or required == self.default:
            return None
        return f"the operator cannot commission the station {_description(required)}"

    def installs_root(self, requirement: ConnectionRequirement | None) -> bool:
        """Whether the station is commissioned for the requirement with the root certificate of the lab."""
        required = self._required(requirement)
        return required != self.default and bool(required.csms_roots)

    def _required(self, requirement: ConnectionRequirement | None) -> Commissioning:
        profile, root_installed = required_connection(self._settings, requirement)
        return self.commissioning(profile, root_installed=root_installed)

    async def _commission(self, operator: Operator, commissioning: Commissioning) -> None:
        previous, self.current = self.current, None
        self._csms.password = commissioning.password
        await self._serve(commissioning)
        before = self._csms.connection_count
        self._station.ledger.reset()
        try:
            await operator.commission(commissioning)
        except OperatorFailed:
            if previous is not None:  # assume that the station is unchanged; if not, the restoring detects it
                await self._serve(previous)
                self.current = previous
            raise
        if not await self._csms.wait_connected(within=self._settings.boot_timeout, after=before):
            raise NotCommissioned(
                f"the station does not connect with security profile {commissioning.security_profile:d}"
            )
        await self.wait_booted()
        await self._station.configuration.begin_again()
        self.current = commissioning

    async def _reconnect_as_default(self, default: Commissioning) -> None:
        """A case may have changed how the station connects: check that it still connects as `default`."""
        before = self._csms.connection_count
        await self._serve(default)
        self._csms.drop_connection()
        if not await self._csms.wait_connected(within=self._settings.reconnect_timeout, after=before):
            raise OperatorFailed(
                f"the station no longer connects {_description(default)}, and the operator cannot commission it again"
            )
        self.current = default

    async def _serve(self, commissioning: Commissioning) -> None:
        profile = commissioning.security_profile
        await self._csms.main.serve(profile, self.tls(profile))

    async def wait_booted(self) -> None:
        """Wait for the messages that the station sends at boot. A station that booted earlier sends none."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.function_timeout):
                while not self._station.ledger.boot_completed(self._product):
                    await self._csms.inbox.wait_for_next()


def _description(commissioning: Commissioning) -> str:
    text = f"with security profile {commissioning.security_profile:d}"
    if commissioning.csms_roots is None:
        return text
    return f"{text} and {'the' if commissioning.csms_roots else 'no'} root certificate of the CSMS"
