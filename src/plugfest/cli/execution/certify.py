"""`plugfest certify`: tests a virtual station, or a station of the user, and writes a report."""

import os
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from plugfest import clock
from plugfest.campaigns.approval import ApprovalOptions
from plugfest.campaigns.choosing import OPTIONS, requested_cases
from plugfest.campaigns.order import Order
from plugfest.campaigns.toml_files import load_settings, vendor_timeouts
from plugfest.cli.campaign import VIRTUAL, CampaignRequest, RunCampaign, certify, console_for
from plugfest.cli.commands.certify import check_subject
from plugfest.cli.values.defaults import with_defaults
from plugfest.cli.values.external_station import ExternalStationOptions
from plugfest.cli.values.outputs import Outputs
from plugfest.cli.values.run import RunOptions
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import Product, ProductError, load_product
from plugfest.products.family import Family, load_family
from plugfest.reports.files import NotReadable, NotWritable, sha256_of
from plugfest.reports.model.report import ClockName
from plugfest.reports.signing.lab_key import InvalidKey
from plugfest.rig.virtual import run_campaign
from plugfest.runs.folder import RunError, RunFolder
from plugfest.security.profile import SecurityProfile

SECURITY_PROFILES: Final = {
    "1.6": frozenset(SecurityProfile),
    "2.0.1": frozenset(SecurityProfile) - {SecurityProfile.UNSECURED},
}
"""The security profiles of each OCPP version."""


def execute(
    product: str | None,
    family_name: str | None,
    clock_name: ClockName | None,
    security_profile: int | None,
    order: Order | None,
    shuffle: int | None,
    settings_file: Path | None,
    firmware_image: Path | None,
    frames: bool,
    jobs: int,
    **options: Any,
) -> int:
    """Test a product. Returns the exit code. Raises ClickException."""
    outputs = Outputs(**{name: options.pop(name) for name in Outputs.__struct_fields__})
    approval = ApprovalOptions(**{name: options.pop(name) for name in ApprovalOptions.__struct_fields__})
    cases = requested_cases({name: options.pop(name) for name in OPTIONS})
    run = RunOptions(**{name: options.pop(name) for name in RunOptions.__struct_fields__})
    try:
        external = with_defaults(ExternalStationOptions(**options), os.environ)
        run.check()
        if order is not None and shuffle is not None:
            raise click.UsageError("give only one of --order and --shuffle.")
        external.check_combination()
        clock_name = _clock(clock_name, external)
        subject = _subject(product, family_name, external)
        pics = load_product(subject) if isinstance(subject, str) else subject.representative
        settings = _settings(settings_file, security_profile, external, pics, run)
        _check_security_profile(settings.security_profile, pics)
        _check_jobs(jobs, external, settings, frames=frames)
        request = CampaignRequest(
            subject,
            cases,
            clock_name,
            outputs,
            settings,
            shuffle,
            order,
            external.operator_kind or VIRTUAL,
            None if firmware_image is None else sha256_of(firmware_image),
            approval.approval(),
            run.folder(click.get_current_context(), subject, clock.SystemClock().now()),
            run.repeats,
            frames,
            jobs,
        )
        console = console_for(request)
        return certify(request, _run_campaign(external, console, request.run), console)
    except (ProductError, LabError, LinkError, NotReadable, NotWritable, InvalidKey, RunError) as error:
        raise click.ClickException(str(error)) from None


def _subject(product: str | None, family_name: str | None, external: ExternalStationOptions) -> str | Family:
    """The name of the product, or the family."""
    check_subject(product, family_name)
    if product is not None:
        return product
    assert family_name is not None
    if external.listen is not None:
        raise click.UsageError("--family cannot be used with --listen: test your products one by one.")
    return load_family(family_name)


def _clock(requested: ClockName | None, external: ExternalStationOptions) -> ClockName:
    if external.listen is None:
        return requested or "simulated"
    if requested == "simulated":
        raise click.UsageError("--listen needs the real clock: a station of your own runs in real time.")
    return "real"


def _check_jobs(jobs: int, external: ExternalStationOptions, settings: LabSettings, *, frames: bool) -> None:
    if jobs == 1:
        return
    if external.listen is not None:
        raise click.UsageError("--jobs cannot be used with --listen: there is one station of your own.")
    if frames:
        raise click.UsageError("--jobs cannot be used with --frames: the frames of several stations would be mixed.")
    if settings.port or settings.second_port:
        raise click.UsageError("--jobs needs free ports: remove `port` and `second_port` from the settings.")


def _settings(
    file: Path | None,
    security_profile: int | None,
    external: ExternalStationOptions,
    product: Product,
    run: RunOptions,
) -> LabSettings:
    if external.listen is not None:
        return external.settings(file, security_profile, product, run.settings_before())
    if security_profile == 3:
        raise click.BadParameter("3 needs --listen wss://HOST:PORT.", param_hint="'--security-profile'")
    given = {} if security_profile is None else {"security_profile": security_profile}
    return load_settings(file, product, defaults=vendor_timeouts(product), given=given)


def _check_security_profile(requested: int, product: Product) -> None:
    profiles = SECURITY_PROFILES[product.ocpp_version]
    if requested not in profiles:
        raise click.UsageError(
            f"OCPP {product.ocpp_version}, the version of {product.slug}, has no security profile {requested}:"
            f" it has {min(profiles):d} to {max(profiles):d}."
        )


def _run_campaign(external: ExternalStationOptions, console: Console, run: RunFolder | None) -> RunCampaign:
    if external.listen is None:
        return run_campaign
    from plugfest.cli.values.external_rig import external_rig

    return external_rig(external, console, run)
