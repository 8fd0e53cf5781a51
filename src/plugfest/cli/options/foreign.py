"""The options of `plugfest certify` for a station that is not ours: where the lab listens, and who its hands are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from plugfest.cli.options.toml_files import load_settings, read_pem
from plugfest.lab.settings import LabSettings
from plugfest.rig.external import ExternalRig, MakeOperator, control_api_operator, http_operator, prompt_operator
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.profile import SecurityProfile

PATIENCE_WITH_A_PERSON = 900.0
"""Seconds for one act, unless the settings say otherwise."""

ANY_ADDRESS = ("0.0.0.0", "::")

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS = (
    click.option("--listen", metavar="URL", help="Test a station that connects here: ws:// or wss://HOST:PORT."),
    click.option(
        "--operator",
        metavar="WHO",
        help="Who acts at that station: prompt (you), http=URL (a test fixture), station=URL (a plugfest station).",
    ),
    click.option("--ev", "ev_url", metavar="URL", help="Where that fixture's EV emulator takes its calls."),
    click.option("--host", metavar="NAME", help="What the station calls this computer, if not as in --listen."),
    click.option("--identity", help=f"The station's identity.  [default: {LabSettings().identity}]"),
    click.option("--password", help=f"Its password for the CSMS.  [default: {LabSettings().password}]"),
    click.option(
        "--pki",
        "pki_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Keep the lab's certificates here. DIR/root.pem is what the station has to trust; it is made if missing.",
    ),
    click.option(
        "--station-root",
        "station_roots",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Trust this root certificate to certify the station (security profile 3).",
    ),
)


def foreign_options(command: Command) -> Command:
    """Give a command these options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


class CommandWithForeignOptions(click.Command):
    """Shows these options under a heading of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = set(ForeignOptions.__struct_fields__)
        for heading, foreign in (("Options", False), ("A station of your own", True)):
            with formatter.section(heading):
                records = (one.get_help_record(ctx) for one in self.get_params(ctx) if (one.name in names) is foreign)
                formatter.write_dl([record for record in records if record is not None])


class ForeignOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What these options say."""

    listen: str | None = None
    operator: str | None = None
    ev_url: str | None = None
    host: str | None = None
    identity: str | None = None
    password: str | None = None
    pki_folder: Path | None = None
    station_roots: tuple[Path, ...] = ()

    @property
    def operator_kind(self) -> str:
        """The kind of operator: `prompt`, `http`, `station`."""
        return (self.operator or "").partition("=")[0]

    def check_together(self) -> None:
        """All of them are about a station that is not ours. Raises UsageError."""
        if self.listen is None and self != ForeignOptions():
            raise click.UsageError("--operator and what goes with it need --listen URL.")
        if self.listen is not None and self.operator is None:
            raise click.UsageError(
                "--listen needs somebody to act at the station: --operator prompt, http=URL or station=URL."
            )
        if self.ev_url is not None and self.operator_kind != "http":
            raise click.UsageError("--ev goes with --operator http=URL.")

    def settings(self, file: Path | None, security_profile: int | None, usual: dict[str, float]) -> LabSettings:
        """The settings file, and what the options say above it. Raises UsageError, BadSettings."""
        address = _address(self.listen or "", self.host)
        patience = {"operator_timeout": PATIENCE_WITH_A_PERSON} if self.operator_kind == "prompt" else {}
        settings = load_settings(file, **usual, **patience)
        said = {
            "identity": self.identity,
            "password": self.password,
            "station_roots": tuple(read_pem(path) for path in self.station_roots) or None,
        }
        profile = _profile(address, security_profile)
        if profile.uses_tls and self.pki_folder is None:
            raise click.UsageError("wss:// needs --pki DIR, with the root certificate that the station trusts.")
        return msgspec.structs.replace(
            settings,
            host=address.host,
            listen_host=address.listen_host,
            port=address.port,
            security_profile=int(profile),
            **{name: value for name, value in said.items() if value is not None},
        )

    def rig(self, say: Callable[[str], None]) -> ExternalRig:
        """The bench. Raises UsageError."""
        pki_folder = None if self.pki_folder is None else PkiFolder(self.pki_folder)
        return ExternalRig(self._make_operator(say, pki_folder), say, pki_folder)

    def _make_operator(self, say: Callable[[str], None], pki_folder: PkiFolder | None) -> MakeOperator:
        kind, _, url = (self.operator or "").partition("=")
        if kind == "prompt" and not url:
            return prompt_operator(say, pki_folder)
        if kind == "http":
            ev_url = None if self.ev_url is None else _http_url(self.ev_url, "--ev")
            return http_operator(_http_url(url, "--operator http="), ev_url)
        if kind == "station":
            return control_api_operator(_http_url(url, "--operator station="))
        raise click.UsageError(f"--operator {self.operator} is nobody: say prompt, http=URL or station=URL.")


class _Address(NamedTuple):
    scheme: str
    host: str
    listen_host: str
    port: int


def _address(url: str, name: str | None) -> _Address:
    parts = urlsplit(url)
    try:
        listen_host, port = parts.hostname, parts.port
    except ValueError:
        listen_host, port = None, None
    if parts.scheme not in ("ws", "wss") or not listen_host or port is None or parts.path not in ("", "/"):
        raise click.UsageError(f"--listen {url}: that is no ws://HOST:PORT and no wss://HOST:PORT.")
    if name is None and (listen_host in ANY_ADDRESS or ":" in listen_host):
        raise click.UsageError(f"--listen {url}: say with --host what the station calls this computer.")
    return _Address(parts.scheme, name or listen_host, listen_host, port)


def _profile(address: _Address, wanted: int | None) -> SecurityProfile:
    usual = SecurityProfile.TLS_BASIC if address.scheme == "wss" else SecurityProfile.BASIC
    profile = usual if wanted is None else SecurityProfile(wanted)
    if profile.uses_tls != usual.uses_tls:
        raise click.UsageError(f"--security-profile {profile:d} does not go with {address.scheme}://.")
    return profile


def _http_url(url: str, option: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{option}{url}: that is no http://HOST:PORT/PATH.")
    return url
