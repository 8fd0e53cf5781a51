"""`plugfest certify`: a station, our virtual one or a foreign one, tested by the lab, and the report of it."""

from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from plugfest.cli.campaign import VIRTUAL, CampaignRequest, Rig, certify, console_of
from plugfest.cli.options.foreign import CommandWithForeignOptions, ForeignOptions, foreign_options
from plugfest.cli.options.outputs import Outputs, output_options
from plugfest.cli.options.toml_files import load_approval, load_settings, vendor_timeouts
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import Product, ProductError, load_product
from plugfest.products.family import Family, load_family
from plugfest.reports.files import NotReadable, NotWritable, sha256_of
from plugfest.reports.model.report import ClockName
from plugfest.reports.signing.lab_key import BadKey
from plugfest.rig.virtual import run_campaign
from plugfest.security.profile import SecurityProfile

SECURITY_PROFILES = {
    "1.6": frozenset(SecurityProfile),
    "2.0.1": frozenset(SecurityProfile) - {SecurityProfile.UNSECURED},
}
"""The security profiles of each version."""


@click.command(
    cls=CommandWithForeignOptions,
    epilog="""\b
Examples:
  plugfest certify alpitronic-hyc-200-eu --report reports/hyc
  plugfest certify my-station.toml --case TC_E_09 --case TC_E_10
  plugfest certify chargepoint-ct4000 --json - --shuffle 7
  plugfest certify chargepoint-ct4000 --clock real
  plugfest certify --family alpitronic-hypercharger --report reports/hypercharger
\b
Examples with a station of your own, where you plug in, or a test fixture does:
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator prompt
  plugfest certify my-station.toml --listen wss://0.0.0.0:9000 --host lab.local --pki pki --operator prompt
  plugfest certify my-station.toml --listen ws://192.168.1.10:9000 --operator http=http://fixture:8080/api/v1""",
)
@click.argument("product", metavar="[PRODUCT_OR_FILE]", required=False)
@click.option(
    "--family", "family_name", metavar="NAME_OR_FILE", help="Test a family's representative and every member of it."
)
@click.option(
    "--case", "case_ids", multiple=True, metavar="ID", help="Run only this case; may be given more than once."
)
@click.option(
    "--clock",
    "clock_name",
    type=click.Choice(["simulated", "real"]),
    help="Simulated time jumps over what nobody would do anything in; real time measures."
    "  [default: simulated; real with --listen]",
)
@output_options
@click.option(
    "--security-profile",
    type=click.IntRange(0, 3),
    help="0: no security at all (OCPP 1.6 only). 1: basic authentication over plain TCP. 2: the same over TLS."
    " 3: TLS with a certificate of the station."
    f"  [default: {LabSettings().security_profile}; with --listen ws:// 1]",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Timeouts, tokens and other settings of the lab, in TOML.",
)
@click.option(
    "--shuffle",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Run the cases in an order drawn from this number, the same for the same number.",
)
@click.option(
    "--firmware-image",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The image that the station runs: the report names its SHA-256.",
)
@click.option(
    "--approval",
    "approval_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who approves the report: a TOML file with the tables vendor and laboratory.",
)
@foreign_options
def command(
    product: str | None,
    family_name: str | None,
    case_ids: tuple[str, ...],
    clock_name: ClockName | None,
    security_profile: int | None,
    shuffle: int | None,
    settings_file: Path | None,
    firmware_image: Path | None,
    approval_file: Path | None,
    **options: Any,
) -> int:
    """Test a station of a product (a name of the catalog, or a PICS file) against every case that applies.

    It is our virtual station of that product, or with --listen a station of your own, which connects to the lab.

    Exit code 0: all passed; 1: a case did not; 2: could not run.
    """
    outputs = Outputs(**{name: options.pop(name) for name in Outputs.__struct_fields__})
    foreign = ForeignOptions(**options)
    try:
        foreign.check_together()
        clock_name = _clock(clock_name, foreign)
        subject = _subject(product, family_name, foreign)
        pics = load_product(subject) if isinstance(subject, str) else subject.representative
        settings = _settings(settings_file, security_profile, foreign, vendor_timeouts(pics))
        _check_security_profile(settings.security_profile, pics)
        request = CampaignRequest(
            subject,
            case_ids,
            clock_name,
            outputs,
            settings,
            shuffle,
            foreign.operator_kind or VIRTUAL,
            None if firmware_image is None else sha256_of(firmware_image),
            load_approval(approval_file),
        )
        console = console_of(request)
        return certify(request, _rig(foreign, console), console)
    except (ProductError, LabError, LinkError, NotReadable, NotWritable, BadKey) as error:
        raise click.ClickException(str(error)) from None


def _subject(product: str | None, family_name: str | None, foreign: ForeignOptions) -> str | Family:
    """The name of the product, or the family."""
    if (product is None) == (family_name is None):
        raise click.UsageError("name one product, or one --family. `plugfest cases --help` tells the names.")
    if product is not None:
        return product
    assert family_name is not None
    if foreign.listen is not None:
        raise click.UsageError("--family is for virtual stations: test your own one after the other.")
    return load_family(family_name)


def _clock(wanted: ClockName | None, foreign: ForeignOptions) -> ClockName:
    if foreign.listen is None:
        return wanted or "simulated"
    if wanted == "simulated":
        raise click.UsageError("--listen goes with the real clock: another process does not jump.")
    return "real"


def _settings(
    file: Path | None, security_profile: int | None, foreign: ForeignOptions, usual: dict[str, float]
) -> LabSettings:
    if foreign.listen is not None:
        return foreign.settings(file, security_profile, usual)
    if security_profile == 3:
        raise click.BadParameter("3 is for --listen wss://", param_hint="'--security-profile'")
    settings = load_settings(file, **usual)
    if security_profile is None:
        return settings
    return msgspec.structs.replace(settings, security_profile=security_profile)


def _check_security_profile(wanted: int, product: Product) -> None:
    lowest = min(SECURITY_PROFILES[product.ocpp_version])
    if wanted not in SECURITY_PROFILES[product.ocpp_version]:
        text = f"security profile {wanted} is none of OCPP {product.ocpp_version}, which {product.slug} speaks"
        raise click.UsageError(f"{text}: it has {lowest} to {max(SecurityProfile):d}.")


def _rig(foreign: ForeignOptions, console: Console) -> "Rig":
    if foreign.listen is None:
        return run_campaign
    return foreign.rig(lambda text: console.print(text, soft_wrap=True, markup=False))
