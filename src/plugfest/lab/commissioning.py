"""How the station is told of the lab's CSMS: what an installer enters, and what OCPP may not take back.

A campaign begins with a station that is commissioned as `usual`. A case that needs another security profile, or a
station without a root certificate, has it commissioned so (A00.FR.005: a profile is not lowered over OCPP), and the
restoring after the case has `usual` entered again.
"""

import asyncio
import contextlib
import ssl

from plugfest import clock
from plugfest.lab.case import ConnectionRequirement
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.endpoint import Endpoint, EndpointSettings
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import Commissioning, StationKnowledge
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError, OperatorFailed
from plugfest.link.tls import TLSVersion, server_context
from plugfest.products import Product
from plugfest.security.keys import CertifiedKey, KeyKind
from plugfest.security.pki import TestPki
from plugfest.security.profile import SecurityProfile


class NotCommissioned(LabError):
    """The station does not connect as it was commissioned."""


class Commissioner:
    """Has the station commissioned, and opens the endpoints that it is commissioned for."""

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
        # OpenSSL judges validity by the real time, whatever the clock of the campaign says.
        self.pki = pki or TestPki(clock.SystemClock().now())
        self._successor: TestPki | None = None
        self._unrelated_pki: TestPki | None = None
        self._station_keys: dict[str, CertifiedKey] = {}
        self._server_keys: dict[tuple[TestPki, str], list[CertifiedKey]] = {}
        self.current: Commissioning | None = None

    @property
    def default(self) -> Commissioning:
        """What the station is commissioned with at the start of a campaign, and between the cases."""
        profile = SecurityProfile(self._settings.security_profile)
        return self.commissioning(profile, root_installed=True if self._settings.root_installed else None)

    def commissioning(self, profile: SecurityProfile, *, root_installed: bool | None = True) -> Commissioning:
        """The main endpoint, with this security profile; `trusts` None: whichever root certificates there are."""
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

    def tls(self, profile: SecurityProfile, *, pki: TestPki | None = None) -> ssl.SSLContext | None:
        """The CSMS's end of a security profile, with a certificate of `pki` (the lab's own if None)."""
        if not profile.uses_tls:
            return None
        return self.tls_with(*self._server_key_pair(pki or self.pki, self._settings.host), profile=profile)

    def tls_for_files(self, host: str) -> ssl.SSLContext:
        """A file server's end: whoever trusts the CSMS has to trust it (N01.FR.15)."""
        return self.tls_with(*self._server_key_pair(self.pki, host), profile=SecurityProfile.TLS_BASIC)

    def tls_with(
        self, *keys: CertifiedKey, profile: SecurityProfile, maximum: TLSVersion = TLSVersion.TLSv1_3
    ) -> ssl.SSLContext:
        """The CSMS's end of a security profile with a certificate or a TLS version that a station may not like."""
        demands = profile is SecurityProfile.TLS_CLIENT_CERTIFICATE
        roots = [self.pki.root_pem, *self._settings.station_roots] if demands else None
        return server_context(*keys, client_roots=roots, maximum=maximum)

    def _server_key_pair(self, pki: TestPki, host: str) -> list[CertifiedKey]:
        """An EC and an RSA certificate: with both the server has every cipher suite of A00.FR.318."""
        if (pki, host) not in self._server_keys:
            kinds = (KeyKind.EC_P256, KeyKind.RSA_2048)
            self._server_keys[pki, host] = [pki.csms(host, kind=kind) for kind in kinds]
        return self._server_keys[pki, host]

    def successor(self) -> TestPki:
        """A second hierarchy, whose root is signed by the first one's and may replace it (M05)."""
        if self._successor is None:
            self._successor = TestPki(clock.SystemClock().now(), successor_of=self.pki)
        return self._successor

    def unrelated_pki(self) -> TestPki:
        """A hierarchy that has nothing to do with the lab's."""
        if self._unrelated_pki is None:
            self._unrelated_pki = TestPki(clock.SystemClock().now(), organization="Unrelated")
        return self._unrelated_pki

    # Endpoints

    async def open_main(self) -> Endpoint:
        """Listen where the station is commissioned to connect to. Raises CannotListen."""
        profile = SecurityProfile(self._settings.security_profile)
        endpoint = await self._open("main", profile, self._settings.port)
        self.current = self.default
        return endpoint

    async def open_second(self, profile: SecurityProfile, *, pki: TestPki | None = None) -> Endpoint:
        """Listen at a second address, until the case is over."""
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
        """The station went a way that OCPP does not lead back: the restoring has it commissioned again."""
        self.current = None

    def check_can_recommission(self, operator: Operator) -> None:
        """Before the station goes a way that OCPP does not lead back: can it be commissioned again? Or HandsFailed."""
        if not operator.can_commission:
            raise OperatorFailed("these hands cannot commission the station again, which this case makes necessary")

    async def ensure_connection(self, operator: Operator, way: ConnectionRequirement | None) -> bool:
        """Have the station connected in this way, `usual` if None; True if it had to be commissioned for it.

        Raises HandsFailed, NotCommissioned, or NotConfigurable.
        """
        wanted = self.default if way is None else self._matching(way)
        if wanted == self.current:
            return False
        if operator.can_commission:
            await self._commission(operator, wanted)
            return True
        if wanted != self.default:
            raise OperatorFailed(f"these hands cannot commission the station {_description(wanted)}")
        await self._reconnect_as_default(wanted)
        return False

    def _matching(self, way: ConnectionRequirement) -> Commissioning:
        profile = self._settings.security_profile
        if profile in way.profiles and way.root_installed is None:
            return self.default
        fitting = SecurityProfile(profile if profile in way.profiles else way.profiles[0])
        return self.commissioning(fitting, root_installed=way.root_installed is not False)

    async def _commission(self, operator: Operator, wanted: Commissioning) -> None:
        previous, self.current = self.current, None
        self._csms.password = wanted.password
        await self._serve(wanted)
        before = len(self._csms.connections)
        self._station.ledger.reset()
        try:
            await operator.commission(wanted)
        except OperatorFailed:
            if previous is not None:  # whoever refuses has left the station as it was; if not, the restoring finds out
                await self._serve(previous)
                self.current = previous
            raise
        if not await self._csms.wait_connected(within=self._settings.boot_timeout, after=before):
            raise NotCommissioned(f"the station does not connect with security profile {wanted.security_profile:d}")
        await self.wait_booted()
        await self._station.configuration.begin()
        self.current = wanted

    async def _reconnect_as_default(self, default: Commissioning) -> None:
        """A case may have changed how the station connects. Whether it has, the next connection tells."""
        before = len(self._csms.connections)
        await self._serve(default)
        self._csms.drop_connection()
        if not await self._csms.wait_connected(within=self._settings.reconnect_timeout, after=before):
            raise OperatorFailed(
                f"the station no longer connects {_description(default)}, and these hands cannot commission it again"
            )
        self.current = default

    async def _serve(self, commissioning: Commissioning) -> None:
        profile = commissioning.security_profile
        await self._csms.main.serve(profile, self.tls(profile))

    async def wait_booted(self) -> None:
        """Let the station say all that it says at boot; one that was booted before the lab came says nothing."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.function_timeout):
                while not self._station.ledger.boot_completed(self._product):
                    await self._csms.inbox.wait_for_next()


def _description(wanted: Commissioning) -> str:
    words = f"with security profile {wanted.security_profile:d}"
    if wanted.csms_roots is None:
        return words
    return f"{words} and {'the' if wanted.csms_roots else 'no'} root certificate of the CSMS"
