"""`plugfest station`: runs a product's charging station against a CSMS."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from plugfest.cli.background import until_stopped
from plugfest.cli.commands.station import ROOT_USES
from plugfest.cli.terminal.station_console import PASSWORD_SETTINGS, StationConsole
from plugfest.cli.values.access_token import control_token
from plugfest.cli.values.listening import address, authority
from plugfest.cli.values.password import station_password
from plugfest.cli.values.scenario import ChosenScenario, chosen_scenario
from plugfest.cli.values.station_arguments import (
    assignments,
    given_misbehaviours,
    private_key_of,
    text_of,
    virtual_product,
)
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

_PASSWORDS: Final = frozenset(PASSWORD_SETTINGS.values())


def execute(
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
    misbehave: Sequence[str],
    misbehave_seed: int,
    **scenario: Any,
) -> int:
    """Run the station until Ctrl-C. Returns the exit code. Raises ClickException."""
    chosen = chosen_scenario(**scenario)
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
