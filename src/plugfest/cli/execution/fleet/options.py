"""The options of `plugfest fleet`, and the plan that follows from them."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from plugfest.cli.values.password import station_password
from plugfest.cli.values.station_arguments import assignments, private_key_of, text_of, virtual_product
from plugfest.fleet.plan import FleetPlan, Misbehaving, ScenarioText, Weighted
from plugfest.scenarios.file import scenario_text
from plugfest.security.keys import CertifiedKey, key_to_pem
from plugfest.station.control.virtual_station import uses_tls
from plugfest.toml_files.problems import InvalidFile

_DURATION: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(h|min|s|)\s*")
_UNITS: Final = {"h": 3600.0, "min": 60.0, "s": 1.0, "": 1.0}
_WEIGHT: Final = re.compile(r"(.+)=(\d+(?:\.\d+)?)", re.DOTALL)
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)%:(.+)", re.DOTALL)


class FleetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The values of these options."""

    stations: int
    csms_url: str
    products: tuple[str, ...]
    rate: float
    scenario: str | None
    compress: float
    duration: str | None
    seed: int
    misbehave: tuple[str, ...]
    identity: str
    first: int
    sources: tuple[str, ...]
    roots: tuple[str, ...]
    password_file: Path | None
    passwords: str | None
    certificates: Path | None
    variables: tuple[str, ...]
    store_folder: Path | None
    processes: int | None
    ray_address: str | None
    result_folder: Path | None
    json_file: str | None

    @property
    def seconds(self) -> float | None:
        """The duration. Raises ClickException."""
        return None if self.duration is None else duration(self.duration)

    def plan(self) -> FleetPlan:
        """The fleet. Raises ClickException."""
        if uses_tls(self.csms_url) and not self.roots:
            raise click.ClickException("wss:// needs the root certificate of the CSMS: --csms-root FILE")
        return FleetPlan(
            stations=self.stations,
            products=tuple(_weighted(text) for text in self.products),
            csms_url=self.csms_url,
            identity=self.identity,
            first=self.first,
            rate=self.rate,
            seed=self.seed,
            scenario=None if self.scenario is None else _scenario(self.scenario, self.compress),
            misbehaving=tuple(_misbehaving(text) for text in self.misbehave),
            sources=self.sources,
            password=station_password(self.password_file),
            passwords={} if self.passwords is None else _passwords(self.passwords),
            keys={} if self.certificates is None else _keys(self.certificates),
            csms_roots=tuple(text_of(root) for root in self.roots),
            variables=assignments(self.variables),
            store_folder=None if self.store_folder is None else os.path.abspath(self.store_folder),
        )


def duration(text: str) -> float:
    """Seconds of a duration such as "15 min", or of a plain number. Raises ClickException."""
    parts = list(_DURATION.finditer(text))
    seconds = sum(float(part[1]) * _UNITS[part[2]] for part in parts)
    if "".join(part[0] for part in parts) != text or seconds <= 0:
        raise click.ClickException(f"--duration {text}: expected a duration such as '90 s', '15 min' or '1 h 30 min'")
    return seconds


def _scenario(name_or_path: str, compress: float) -> ScenarioText:
    try:
        return ScenarioText(name_or_path, scenario_text(name_or_path).decode(), compress)
    except InvalidFile as error:
        raise click.ClickException(str(error)) from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{name_or_path} is not UTF-8: name a scenario file (TOML)") from None


def _weighted(text: str) -> Weighted:
    found = _WEIGHT.fullmatch(text)
    return Weighted(virtual_product(text)) if found is None else Weighted(virtual_product(found[1]), float(found[2]))


def _misbehaving(text: str) -> Misbehaving:
    found = _PERCENT.fullmatch(text)
    if found is None:
        number, _, rest = text.partition(":")
        if rest and number.replace(".", "", 1).isdecimal():
            raise click.ClickException(f"--misbehave {text}: a share needs its sign: {number}%:{rest}")
        return Misbehaving(text)
    share = float(found[1]) / 100
    if share > 1:
        raise click.ClickException(f"--misbehave {text}: at most 100% of the stations can misbehave")
    return Misbehaving(found[2], share)


def _passwords(file: str) -> Mapping[str, str]:
    found = {}
    for number, line in enumerate(text_of(file).splitlines(), 1):
        identity, _, password = line.strip().partition(" ")
        if identity and not password:
            raise click.ClickException(f"{file}, line {number}: expected 'IDENTITY PASSWORD'")
        if identity:
            found[identity] = password.strip()
    return found


def _keys(folder: Path) -> Mapping[str, CertifiedKey]:
    """The certificate and the key of each station by its identity."""
    chains: Sequence[Path] = sorted(folder.glob("*.pem"))
    if not chains:
        raise click.ClickException(f"--certificates {folder}: there is no file IDENTITY.pem")
    return {
        chain.stem: CertifiedKey(
            chain=text_of(str(chain)), key=key_to_pem(private_key_of(str(chain.with_suffix(".key"))))
        )
        for chain in chains
    }
