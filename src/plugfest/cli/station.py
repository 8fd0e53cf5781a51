"""`plugfest station`: run a product's charging station against a CSMS."""

import asyncio
import signal
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import click

from plugfest.clock import utc_now
from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.link.peer import Direction
from plugfest.products import Product, ProductError, load_product
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks import VERSIONS
from plugfest.station.boot import BootReason, RegistrationStatus
from plugfest.station.equipment import virtual_hardware
from plugfest.station.power import PoweredStation
from plugfest.station.provisioning import ProvisioningError, Settings
from plugfest.station.station import Station
from plugfest.station.store import Store, StoreError

IN_MEMORY = ":memory:"


@click.command()
@click.argument("product", metavar="PRODUCT_OR_FILE")
@click.option(
    "--csms", "csms_url", required=True, metavar="URL", help="Where the CSMS is, such as ws://localhost:9000."
)
@click.option("--id", "identity", default="CS001", show_default=True, help="The station's identity.")
@click.option("--store", "store_file", metavar="FILE", help="Keep what the station must not lose here.")
@click.option(
    "--set", "variables", multiple=True, metavar="COMPONENT.VARIABLE=VALUE", help="Set a variable; may be repeated."
)
@click.option("--csms-root", "roots", multiple=True, type=click.Path(), help="A root certificate to trust, in PEM.")
@click.option("--certificate", type=click.Path(), help="The station's certificate chain, in PEM: security profile 3.")
@click.option("--key", type=click.Path(), help="The private key of the certificate, in PEM.")
@click.option("--frames", is_flag=True, help="Show every message.")
def command(
    product: str,
    csms_url: str,
    identity: str,
    store_file: str | None,
    variables: Sequence[str],
    roots: Sequence[str],
    certificate: str | None,
    key: str | None,
    frames: bool,
) -> None:
    """Run a charging station of a product against a CSMS, until Ctrl-C.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file. The password of HTTP Basic authentication is a variable:
    --set SecurityCtrlr.BasicAuthPassword=...
    """
    own_key = _own_key(certificate, key)
    if csms_url.startswith("wss:") and not roots and store_file is None:
        raise click.ClickException("wss:// needs the root certificate of the CSMS: --csms-root FILE")
    settings = Settings(
        identity=identity,
        csms_url=csms_url,
        security_profile=_security_profile(csms_url, own_key),
        csms_roots=tuple(_read(root) for root in roots),
        own_key=own_key,
        variables=dict(_assignment(text) for text in variables),
    )
    asyncio.run(_run(_product(product), settings, store_file or IN_MEMORY, frames=frames))


async def _run(product: Product, settings: Settings, store_file: str, *, frames: bool) -> None:
    voice = Voice(settings)
    try:
        store = Store(store_file)
        station = PoweredStation(
            product,
            store,
            virtual_hardware(product),
            settings,
            on_frame=voice.frame if frames else None,
            on_failure=voice.failed,
            on_start=voice.started,
        )
    except (StoreError, ProvisioningError) as error:
        raise click.ClickException(str(error)) from None
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    voice.say(f"{settings.identity} ({product.vendor} {product.model}) starts; Ctrl-C ends it")
    station.power_on()
    try:
        await stopped.wait()
    finally:
        await station.close()
        store.close()
    voice.say("ended")


class Voice:
    """What the person at the terminal hears."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last_failure = ""

    def say(self, text: str) -> None:
        click.echo(f"{utc_now():%H:%M:%S}  {text}")

    def started(self, station: Station) -> None:
        lifecycle = station.context.lifecycle
        lifecycle.registered.add(self._registered)
        lifecycle.reconnected.add(lambda seconds: self.say(f"connected again after {seconds:.0f} s"))
        lifecycle.disconnected.add(lambda: self.say("the connection is closed"))
        reason = station.context.boot_reason
        if reason is not BootReason.POWER_UP:
            self.say(f"started again: {reason}")

    def failed(self, error: LinkError) -> None:
        """Say why there is no connection; only once while the reason stays the same."""
        if str(error) != self._last_failure:
            self.say(f"{error}{self._advice(error)}; the station keeps trying")
        self._last_failure = str(error)

    def frame(self, direction: Direction, text: str, _: float) -> None:
        self.say(f"{'->' if direction is Direction.SENT else '<-'} {text}")

    def _registered(self, status: RegistrationStatus) -> None:
        self._last_failure = ""
        words = {RegistrationStatus.ACCEPTED: "accepts", RegistrationStatus.PENDING: "puts off"}
        self.say(f"{self._settings.csms_url} {words.get(status, 'rejects')} this station")

    def _advice(self, error: LinkError) -> str:
        if not isinstance(error, HandshakeRefused):
            return ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            return " (wrong password? --set SecurityCtrlr.BasicAuthPassword=...)"
        if error.http_status == HTTPStatus.NOT_FOUND:
            return f" (does it know {self._settings.identity}? --id names the station)"
        return " (this station speaks OCPP 2.0.1 only)" if error.fault is HandshakeFault.SUBPROTOCOL else ""


def _product(name: str) -> Product:
    try:
        product = load_product(name)
    except ProductError as error:
        raise click.ClickException(str(error)) from None
    if product.ocpp_version not in VERSIONS:
        raise click.ClickException(f"{name} speaks OCPP {product.ocpp_version}; a station speaks {', '.join(VERSIONS)}")
    return product


def _security_profile(csms_url: str, own_key: CertifiedKey | None) -> SecurityProfile:
    if not csms_url.startswith("wss:"):
        return SecurityProfile.BASIC
    return SecurityProfile.TLS_BASIC if own_key is None else SecurityProfile.TLS_CLIENT_CERTIFICATE


def _own_key(certificate: str | None, key: str | None) -> CertifiedKey | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise click.ClickException("--certificate and --key go together")
    return CertifiedKey(chain=_read(certificate), key=_read(key))


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"cannot read {path}: {error}") from None


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.ClickException(f"--set {text}: there is no = in it")
    return name, value
