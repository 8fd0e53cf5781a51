"""The rig for a station of the user, as the options of `plugfest certify` choose it."""

from collections.abc import Callable
from urllib.parse import urlsplit

import click
from rich.console import Console

from plugfest.campaigns.instruction_files import in_files_of
from plugfest.cli.terminal.commissioning import CommissioningScreen, waiting_line
from plugfest.cli.terminal.screen import PromptScreen, notify, ring
from plugfest.cli.values.access_token import given_token
from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.lab.operator.capabilities import Capability
from plugfest.rig.commissioning_guide import CommissioningGuide, ShowCode
from plugfest.rig.external import (
    ExternalRig,
    MakeOperator,
    control_api_operator,
    http_operator,
    person_operator,
    prompt_operator,
)
from plugfest.rig.pki_folder import PkiFolder
from plugfest.runs.folder import RunFolder


def external_rig(options: ExternalStationOptions, console: Console, run: RunFolder | None) -> ExternalRig:
    """The rig for the station of these options, and a campaign that is kept in this run. Raises UsageError."""
    pki_folder = None if options.pki_folder is None else PkiFolder(options.pki_folder)
    cannot = map(Capability, options.cannot)
    screen = PromptScreen(console, alerts=_alerts(options, console))
    guides = CommissioningScreen(console, qr=not options.no_qr)

    def announce(guide: CommissioningGuide, within: float) -> None:
        guides.show(guide)
        screen.print(waiting_line(within))

    operator = _make_operator(options, screen, pki_folder, run, guides.show_code)
    if run is None:
        return ExternalRig(operator, announce, pki_folder, cannot)
    return ExternalRig(operator, announce, pki_folder, cannot, lambda product: run.left_at_station(product.slug))


def _alerts(options: ExternalStationOptions, console: Console) -> list[Callable[[str], None]]:
    return [*([ring(console)] if options.bell else []), *([notify(console)] if options.notify else [])]


def _make_operator(
    options: ExternalStationOptions,
    screen: PromptScreen,
    pki_folder: PkiFolder | None,
    run: RunFolder | None,
    show_code: ShowCode,
) -> MakeOperator:
    kind, _, url = (options.operator or "").partition("=")
    if kind == "prompt" and not url:
        return prompt_operator(screen, pki_folder, show_code)
    if kind == "page" and not url:
        if run is None:
            raise click.UsageError("--operator page needs the folder of a run: --run DIR.")
        return person_operator(in_files_of(run.path), pki_folder)
    if kind == "http":
        ev_url = None if options.ev_url is None else _http_url(options.ev_url, "--ev ")
        return http_operator(_http_url(url, "--operator http="), ev_url)
    if kind == "station":
        return control_api_operator(_http_url(url, "--operator station="), given_token())
    raise click.UsageError(f"--operator {options.operator} is not prompt, page, http=URL or station=URL.")


def _http_url(url: str, option: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{option}{url} is not http://HOST:PORT/PATH.")
    return url
