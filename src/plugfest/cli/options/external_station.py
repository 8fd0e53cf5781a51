"""The options of `plugfest certify` for a station of the user: where the lab listens, and who operates the station."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
import msgspec
from rich.console import Console

from plugfest.campaigns.instruction_files import in_files_of
from plugfest.campaigns.toml_files import load_settings, read_pem, vendor_timeouts
from plugfest.cli.finite_range import FiniteRange
from plugfest.cli.options.access_token import given_token
from plugfest.cli.options.adding import Command, add_options
from plugfest.cli.options.password import FILE_OPTION
from plugfest.cli.terminal.commissioning import CommissioningScreen, waiting_line
from plugfest.cli.terminal.screen import PromptScreen, notify, ring
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.commissioning_guide import CommissioningGuide, ShowCode
from plugfest.rig.external import (
    ExternalRig,
    MakeOperator,
    control_api_operator,
    http_operator,
    person_operator,
    prompt_operator,
)
from plugfest.rig.lab_address import HostNeeded, InvalidAddress, LabAddress, lab_address
from plugfest.rig.pki_folder import PkiFolder
from plugfest.runs.folder import RunFolder
from plugfest.security.profile import SecurityProfile

PROMPT_OPERATOR_TIMEOUT: Final = 900.0
"""The default time that a person at the station has for an action, in seconds."""

PERSONS: Final = ("prompt", "page")
"""The kinds of operator that are a person."""

WITHIN: Final = 900.0
"""Seconds that a person has for commissioning the station, unless another time is given."""

WITHIN_OPTION: Final = click.option(
    "--within", type=FiniteRange(min=1), default=WITHIN, show_default=True, help="Seconds to wait for the station."
)

LISTEN_OPTION: Final = click.option(
    "--listen", metavar="URL", help="Wait for your station, which connects to ws://HOST:PORT or wss://HOST:PORT."
)

OPERATOR_OPTIONS: Final = (
    click.option(
        "--operator",
        metavar="WHO",
        help="Operator of the station: prompt (you), page (you, in the pages of plugfest serve), http=URL (a test"
        " fixture), station=URL (a plugfest station).",
    ),
    click.option(
        "--cannot",
        multiple=True,
        type=click.Choice([str(capability) for capability in Capability]),
        metavar="ACTION",
        help="An action that the operator cannot do: cases that need it are not run; may be repeated. One of"
        f" {', '.join(Capability)}.",
    ),
    click.option("--bell", is_flag=True, help="Ring the bell of the terminal at each instruction (--operator prompt)."),
    click.option("--notify", is_flag=True, help="Show each instruction as a desktop notification (--operator prompt)."),
    click.option("--ev", "ev_url", metavar="URL", help="URL of the EV emulator of the test fixture."),
)

CONNECTION_OPTIONS: Final = (
    click.option(
        "--host", metavar="NAME", help="Host name by which the station reaches the lab, if it differs from --listen."
    ),
    click.option("--identity", help=f"Identity of the station.  [default: {LabSettings().identity}]"),
    FILE_OPTION,
    click.option(
        "--password",
        help="Password of the station. Other users of this computer can see it in the list of processes: prefer"
        f" --password-file.  [default: {LabSettings().password}]",
    ),
    click.option(
        "--pki",
        "pki_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder for the certificates of the lab, created if missing. The station has to trust DIR/root.pem."
        "  [default with wss://: ~/.local/share/plugfest/pki]",
    ),
    click.option(
        "--station-root",
        "station_roots",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Root certificate of the station's certificate (security profile 3).",
    ),
    click.option("--no-qr", is_flag=True, help="Show no QR code of what to configure in the station."),
)


def external_station_options(command: Command) -> Command:
    """Add these options to a command."""
    return add_options(command, (LISTEN_OPTION, *OPERATOR_OPTIONS, *CONNECTION_OPTIONS))


def connection_options(command: Command) -> Command:
    """Add the options for a station that is only read."""
    return add_options(command, (LISTEN_OPTION, *CONNECTION_OPTIONS))


class CommandWithExternalStationOptions(click.Command):
    """Lists these options in a section of the help text of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = set(ExternalStationOptions.__struct_fields__)
        for heading, external in (("Options", False), ("A station of your own", True)):
            with formatter.section(heading):
                options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
                records = (one.get_help_record(ctx) for one in options if (one.name in names) is external)
                formatter.write_dl([record for record in records if record is not None])


class ExternalStationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The values of these options."""

    listen: str | None = None
    operator: str | None = None
    cannot: tuple[str, ...] = ()
    bell: bool = False
    notify: bool = False
    ev_url: str | None = None
    host: str | None = None
    identity: str | None = None
    password: str | None = None
    password_file: Path | None = None
    no_qr: bool = False
    pki_folder: Path | None = None
    station_roots: tuple[Path, ...] = ()

    @property
    def operator_kind(self) -> str:
        """The kind of operator: `prompt`, `http`, `station`."""
        return (self.operator or "").partition("=")[0]

    def check_combination(self) -> None:
        """Raises UsageError if options are missing that others need."""
        if self.listen is None and self != ExternalStationOptions():
            raise click.UsageError("the options for a station of your own need --listen URL.")
        if self.listen is not None and self.operator is None:
            raise click.UsageError("--listen needs --operator prompt, page, http=URL or station=URL.")
        if self.ev_url is not None and self.operator_kind != "http":
            raise click.UsageError("--ev needs --operator http=URL.")
        if (self.bell or self.notify) and self.operator_kind != "prompt":
            raise click.UsageError("--bell and --notify need --operator prompt.")

    def settings(
        self, file: Path | None, security_profile: int | None, product: Product, before: LabSettings | None = None
    ) -> LabSettings:
        """The settings in a file; these options take precedence. Raises UsageError, NotReadable, InvalidToml.

        `before`: those of the sitting before, whose password is kept: the command line of a run has none.
        """
        address = _address(self.listen or "", self.host)
        profile = _profile(address, security_profile)
        roots = [read_pem(path) for path in self.station_roots]
        given: dict[str, object] = {
            "identity": self.identity,
            "password": self.password,
            "station_roots": roots or None,
            "host": address.host,
            "listen_host": address.listen_host,
            "port": address.port,
            "security_profile": int(profile),
        }
        defaults: dict[str, object] = {**vendor_timeouts(product)}
        if self.operator_kind in PERSONS:
            defaults["operator_timeout"] = PROMPT_OPERATOR_TIMEOUT
        if before is not None:
            defaults["password"] = before.password
        return load_settings(
            file,
            product,
            defaults=defaults,
            given={name: value for name, value in given.items() if value is not None},
        )

    def rig(self, console: Console, run: RunFolder | None) -> ExternalRig:
        """The rig for this station, and a campaign that is kept in this run. Raises UsageError."""
        pki_folder = None if self.pki_folder is None else PkiFolder(self.pki_folder)
        cannot = map(Capability, self.cannot)
        screen = PromptScreen(console, alerts=self._alerts(console))
        guides = CommissioningScreen(console, qr=not self.no_qr)

        def announce(guide: CommissioningGuide, within: float) -> None:
            guides.show(guide)
            screen.print(waiting_line(within))

        operator = self._make_operator(screen, pki_folder, run, guides.show_code)
        if run is None:
            return ExternalRig(operator, announce, pki_folder, cannot)
        return ExternalRig(operator, announce, pki_folder, cannot, lambda product: run.left_at_station(product.slug))

    def _alerts(self, console: Console) -> list[Callable[[str], None]]:
        return [*([ring(console)] if self.bell else []), *([notify(console)] if self.notify else [])]

    def _make_operator(
        self, screen: PromptScreen, pki_folder: PkiFolder | None, run: RunFolder | None, show_code: ShowCode
    ) -> MakeOperator:
        kind, _, url = (self.operator or "").partition("=")
        if kind == "prompt" and not url:
            return prompt_operator(screen, pki_folder, show_code)
        if kind == "page" and not url:
            if run is None:
                raise click.UsageError("--operator page needs the folder of a run: --run DIR.")
            return person_operator(in_files_of(run.path), pki_folder)
        if kind == "http":
            ev_url = None if self.ev_url is None else _http_url(self.ev_url, "--ev ")
            return http_operator(_http_url(url, "--operator http="), ev_url)
        if kind == "station":
            return control_api_operator(_http_url(url, "--operator station="), given_token())
        raise click.UsageError(f"--operator {self.operator} is not prompt, page, http=URL or station=URL.")


def _address(url: str, host: str | None) -> LabAddress:
    try:
        return lab_address(url, host)
    except HostNeeded:
        raise click.UsageError(f"--listen {url} needs --host NAME, the host name of the lab for the station.") from None
    except InvalidAddress as error:
        raise click.UsageError(f"--listen {url} {error}.") from None


def _profile(address: LabAddress, requested: int | None) -> SecurityProfile:
    profile = address.security_profile if requested is None else SecurityProfile(requested)
    if not address.permits(profile):
        raise click.UsageError(f"--security-profile {profile:d} cannot be used with {address.scheme}://.")
    return profile


def _http_url(url: str, option: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{option}{url} is not http://HOST:PORT/PATH.")
    return url
