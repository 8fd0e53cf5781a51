"""The report about a run as it is on the disk, finished or not."""

from functools import partial
from pathlib import Path

from plugfest.campaigns.approval import ApprovalOptions
from plugfest.campaigns.choosing import choose_cases, requested_cases
from plugfest.campaigns.sittings import left_cases, report_of_sittings
from plugfest.products import load_product
from plugfest.products.family import load_family
from plugfest.reports.build import CampaignDetails, build_family_report
from plugfest.reports.files import sha256_of
from plugfest.reports.model.approval import Approval
from plugfest.reports.model.report import Document, Report
from plugfest.reports.signing.signer import Signer
from plugfest.runs.folder import RunDescription, RunError, RunFolder


def stored_document(run: RunFolder, signer: Signer, approval: ApprovalOptions) -> Document:
    """The report about everything in the folder. `approval` replaces what the run was begun with.

    Raises:
        RunError: it is not the folder of a run, it is damaged, or it ended before its first campaign began.
        ProductError, LabError, NotReadable: the product, the plan or a file that the run names has changed.
    """
    description = run.description()
    names = approval.or_else(description.options).approval()
    found = (_report(run, slug, description, signer, names) for slug in description.products)
    reports = [report for report in found if report is not None]
    if not reports:
        raise RunError(f"{run.path} has no result yet: plugfest certify --resume continues it")
    family = description.options.get("family_name")
    return reports[0] if family is None else build_family_report(load_family(str(family)), reports)


def _report(
    run: RunFolder, slug: str, description: RunDescription, signer: Signer, approval: Approval
) -> Report | None:
    """The report about one product; None if the run has not reached it. No case need have a result."""
    sittings = run.sittings(slug)
    if not sittings:
        return None
    options = description.options
    product = load_product(run.pics(slug))
    shuffle, image = options.get("shuffle"), options.get("firmware_image")
    seed = None if shuffle is None else int(str(shuffle))
    choice = choose_cases(product, requested_cases(options), seed)
    details = partial(
        CampaignDetails,
        not_applicable=choice.not_applicable,
        left_out=choice.left_out,
        unfinished=len(left_cases(choice, sittings, repeats=False)),
        shuffle=seed,
        firmware_hash=None if image is None else sha256_of(Path(str(image))),
        approval=approval,
        signer=signer,
    )
    report, _ = report_of_sittings(product, sittings, details)
    return report
