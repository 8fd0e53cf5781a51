"""`plugfest station`: runs a product's charging station against a CSMS."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plugfest.cli.background import until_stopped
from plugfest.cli.options.access_token import control_token
from plugfest.cli.options.listening import address, authority
from plugfest.cli.options.password import FILE_OPTION, station_password
from plugfest.cli.options.product import product_argument
from plugfest.cli.options.station.scenario import ChosenScenario, scenario_options
from plugfest.cli.options.station_arguments import (
    assignments,
    given_misbehaviours,
    misbehaviour_options,
    private_key_of,
    text_of,
    virtual_product,
)
from plugfest.cli.terminal.station_console import PASSWORD_SETTINGS, StationConsole
from plugfest.link.client import connect
from plugfest.link.errors import CannotListen
from plugfest.link.server import bind
from plugfest.products import Product
from plugfest.security.keys import CertifiedKey, key_to_pem
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.http_api.application import serve
from plugfest.station.control.virtual_station import VirtualStation, implied_security_profile, uses_tls
from plugfest.station.setup.provisioning import ProvisioningError, Settings
from plugfest.station.storage.store import IN_MEMORY, StoreError

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import Misbehaviours

ROOT_USES: Final = ("ManufacturerRootCertificate", "V2GRootCertificate", "MORootCertificate")

_PASSWORDS: Final = frozenset(PASSWORD_SETTINGS.values())


@click.command(
    epilog="""\b
Examples:
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --id CS001
  plugfest station my-station.toml --csms wss://csms.example --csms-root root.pem
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --control 8080 --frames
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --scenario commute
  plugfest station chargepoint-ct4000 --csms ws://localhost:9000 --misbehave doubled --misbehave leaves-gaps"""
)
@product_argument
@click.option("--csms", "csms_url", required=True, metavar="URL", help="URL of the CSMS, e.g. ws://localhost:9000.")
@click.option("--id", "identity", default="CS001", show_default=True, help="Identity of the station.")
@click.option(
    "--store",
    "store_file",
    metavar="FILE",
    help="File for the persistent state of the station; without it, the state ends with the process.",
)
@click.option(
    "--store-key",
    type=click.Path(path_type=Path),
    envvar="PLUGFEST_STORE_KEY_FILE",
    metavar="FILE",
    help="File of the key that encrypts the secrets in the store; it is created if it is missing.  [default: the file"
    " of the store with .key; environment variable PLUGFEST_STORE_KEY_FILE]",
)
@click.option(
    "--set",
    "variables",
    multiple=True,
    metavar="COMPONENT.VARIABLE=VALUE",
    help="Set a variable, or KEY=VALUE for a configuration key of OCPP 1.6; may be repeated.",
)
@FILE_OPTION
@click.option(
    "--security-profile",
    type=click.IntRange(0, 3),
    help="Security profile; by default it follows from URL, password and certificate.",
)
@click.option(
    "--csms-root",
    "roots",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Trusted root certificate of the CSMS, in PEM.",
)
@click.option(
    "--root",
    "other_roots",
    multiple=True,
    metavar="USE=FILE",
    help=f"Root certificate of another use, in PEM; USE is {', '.join(ROOT_USES)}. May be repeated.",
)
@click.option(
    "--certificate",
    type=click.Path(),
    metavar="FILE",
    help="Certificate chain of the station, in PEM (security profile 3).",
)
@click.option("--key", type=click.Path(), metavar="FILE", help="Private key of the certificate, in PEM.")
@click.option(
    "--control",
    "control_at",
    metavar="[HOST:]PORT",
    help="Serve the HTTP control API here; see /openapi.json. Other machines need a token.",
)
@click.option("--frames", is_flag=True, help="Print every message, without passwords.")
@click.option(
    "--strict", is_flag=True, help="Do not use an answer of the CSMS that violates the schema; to test a CSMS."
)
@click.option("--compression", is_flag=True, help="Offer the compression of WebSocket messages (RFC 7692).")
@click.option("--times-utc", is_flag=True, help="Read a time of the CSMS without a zone as UTC.")
@scenario_options
@misbehaviour_options
def command(
    product: str,
    csms_url: str,
    identity: str,
    store_file: str | None,
    store_key: Path | None,
    variables: Sequence[str],
    password_file: Path | None,
    security_profile: int | None,
    roots: Sequence[str],
    other_roots: Sequence[str],
    certificate: str | None,
    key: str | None,
    control_at: str | None,
    frames: bool,
    strict: bool,
    compression: bool,
    times_utc: bool,
    chosen: ChosenScenario,
    misbehave: Sequence[str],
    misbehave_seed: int,
) -> int:
    """Run a charging station of a product against a CSMS until Ctrl-C.

    PRODUCT_OR_FILE is a product of the catalog or a PICS file. The password for HTTP Basic authentication comes from
    --password-file or PLUGFEST_PASSWORD. It is a variable: --set SecurityCtrlr.BasicAuthPassword=..., in OCPP 1.6 also
    --set AuthorizationKey=..., sets it too, but other users of this computer can see it in the list of processes.
    """
    own_key = _own_key(certificate, key)
    _check(csms_url, roots, store_file)
    loaded, assigned = virtual_product(product), dict(assignments(variables))
    chosen.check(loaded)
    password = station_password(password_file)
    if password is not None and _PASSWORDS.isdisjoint(assigned):
        assigned[PASSWORD_SETTINGS[loaded.ocpp_version]] = password
    settings = Settings(
        identity=identity,
        csms_url=csms_url,
        security_profile=implied_security_profile(
            loaded, csms_url, own_key, password=not _PASSWORDS.isdisjoint(assigned)
        )
        if security_profile is None
        else SecurityProfile(security_profile),
        csms_roots=tuple(text_of(root) for root in roots),
        other_roots=tuple(_other_root(text) for text in other_roots),
        own_key=own_key,
        variables=assigned,
        strict=strict,
        compression=compression,
        times_are_utc=times_utc,
    )
    control = None if control_at is None else address("--control", control_at)
    misbehaviours = given_misbehaviours(misbehave, loaded, misbehave_seed)
    try:
        store = (store_file or IN_MEMORY, store_key)
        asyncio.run(_run(loaded, settings, store, control, chosen, misbehaviours, frames=frames))
    except (StoreError, ProvisioningError, CannotListen) as error:
        raise click.ClickException(str(error)) from None
    return chosen.exit_code


async def _run(
    product: Product,
    settings: Settings,
    store: tuple[str, Path | None],
    control: tuple[str, int] | None,
    chosen: ChosenScenario,
    misbehaviours: "Misbehaviours | None",
    *,
    frames: bool,
) -> None:
    """`store`: its file, and the file of its key."""
    store_file, store_key = store
    console = StationConsole(settings, product.ocpp_version)
    own = None if misbehaviours is None else misbehaviours.of(settings.identity, console.misbehaviour)
    virtual = VirtualStation(
        product,
        settings,
        store_file,
        key_file=store_key,
        on_frame=console.frame if frames else None,
        on_event=console.events.rpc_event,
        on_failure=console.events.connection_failed,
        on_wait=console.waiting,
        on_start=console.events.station_started,
        on_store=console.line,
        context=None if own is None else own.context,
        open_websocket=connect if own is None else own.open_websocket,
    )
    listening = None if control is None else bind(*control)
    console.print(f"starting {settings.identity} ({product.vendor} {product.model}); Ctrl-C stops it")
    for line in () if misbehaviours is None else misbehaviours.lines:
        console.misbehaviour(line)
    background: list[Coroutine[Any, Any, None]] = [console.wait_until_closed()]
    if listening is not None:
        token = control_token(listening.getsockname()[0])
        background.append(serve(virtual, listening, token))
        console.print(f"control API at http://{authority(listening)}, described in /openapi.json")
        if token is not None:
            console.print(f"  each request needs the header Authorization: Bearer {token}")
    background.append(chosen.perform(virtual, console.line))
    virtual.power_on()
    try:
        await until_stopped(background)
    finally:
        await virtual.close()
        if own is not None:
            own.close()
    console.print("stopped")


def _check(csms_url: str, roots: Sequence[str], store_file: str | None) -> None:
    """Check what options need of each other. Raises ClickException."""
    if store_file == "":
        raise click.ClickException("--store needs the name of a file; without the option there is no store")
    if uses_tls(csms_url) and not roots and store_file is None:
        raise click.ClickException("wss:// needs the root certificate of the CSMS: --csms-root FILE")


def _own_key(certificate: str | None, key: str | None) -> CertifiedKey | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise click.ClickException("--certificate and --key must be given together")
    return CertifiedKey(chain=text_of(certificate), key=key_to_pem(private_key_of(key)))


def _other_root(text: str) -> tuple[str, str]:
    use, _, path = text.partition("=")
    if use not in ROOT_USES or not path:
        raise click.ClickException(f"--root {text}: expected USE=FILE, with USE one of {', '.join(ROOT_USES)}")
    return use, text_of(path)
