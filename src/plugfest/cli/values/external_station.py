"""The options of `plugfest certify` for a station of the user: where the lab listens, and who operates the station."""

from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.campaigns.toml_files import load_settings, read_pem, vendor_timeouts
from plugfest.lab.settings import LabSettings
from plugfest.products import Product
from plugfest.rig.lab_address import HostNeeded, InvalidAddress, LabAddress, lab_address
from plugfest.security.profile import SecurityProfile

PROMPT_OPERATOR_TIMEOUT: Final = 900.0
"""The default time that a person at the station has for an action, in seconds."""

PERSONS: Final = ("prompt", "page")
"""The kinds of operator that are a person."""


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
