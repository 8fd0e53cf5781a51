"""`plugfest station`: run a product's charging station against a CSMS."""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click

from plugfest.clock import utc_now
from plugfest.link.errors import HandshakeFault, HandshakeRefused, LinkError
from plugfest.link.peer import Direction
from plugfest.products import Product, ProductError, load_product
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks import VERSIONS
from plugfest.station.boot import BootReason, RegistrationStatus
from plugfest.station.control import Control, ControlError
from plugfest.station.control_http import LOOPBACK, serve
from plugfest.station.equipment import virtual_hardware
from plugfest.station.power import PoweredStation
from plugfest.station.provisioning import ProvisioningError, Settings
from plugfest.station.station import Station
from plugfest.station.store import Store, StoreError

IN_MEMORY = ":memory:"


@click.command(
    epilog="""\b
Examples:
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --id CS001
  plugfest station my-station.toml --csms wss://csms.example --csms-root root.pem
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --control 8080 --frames"""
)
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
@click.option(
    "--control", "control_at", metavar="[HOST:]PORT", help="Take plugs and tokens over HTTP here; see /openapi.json."
)
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
    control_at: str | None,
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
    control = None if control_at is None else _address(control_at)
    try:
        asyncio.run(_run(_product(product), settings, store_file or IN_MEMORY, control, frames=frames))
    except (StoreError, ProvisioningError, ControlError) as error:
        raise click.ClickException(str(error)) from None


async def _run(
    product: Product, settings: Settings, store_file: str, control: tuple[str, int] | None, *, frames: bool
) -> None:
    voice, hardware, store = Voice(settings), virtual_hardware(product), Store(store_file)
    station = PoweredStation(
        product,
        store,
        hardware,
        settings,
        on_frame=voice.frame if frames else None,
        on_failure=voice.failed,
        on_start=voice.started,
    )
    voice.say(f"{settings.identity} ({product.vendor} {product.model}) starts; Ctrl-C ends it")
    station.power_on()
    try:
        await _until_stopped(None if control is None else serve(Control(station, hardware), control[1], control[0]))
    finally:
        await station.close()
        store.close()
    voice.say("ended")


async def _until_stopped(beside: Coroutine[Any, Any, None] | None) -> None:
    """Wait for Ctrl-C, with something running beside it. If that fails, so does this."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    running = [] if beside is None else [asyncio.create_task(beside)]
    await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
    for task in [waiting, *running]:
        if task.done():
            task.result()
        task.cancel()


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


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise click.ClickException(f"--control {text}: that is no [HOST:]PORT")
    return host or LOOPBACK, int(port)


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
