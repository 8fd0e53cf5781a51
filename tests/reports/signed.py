"""A signed report in each format, for the tests of signatures. The keys are the same in every run."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.reports import campaigns

from plugfest.reports.formats import as_json, as_junit
from plugfest.reports.model.report import Report
from plugfest.reports.signing.part_digests import SignedFormat
from plugfest.reports.signing.signature_line import POSITIONS, add_signature
from plugfest.reports.signing.signer import Signer

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER_SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))

FORMATS = tuple(POSITIONS)

SMALL_PAGE = b"""<!doctype html>
<html lang="en"><title>A report</title>
<section id="result"><h2>Result</h2></section>
<article class="failure" id="findings-TC_E_09_CS"><p>expected seqNo 0</p></article>
</html>
"""
SMALL_PDF = b"".join((b"%PDF-1.7\n", b"% 0123456789\n" * 300, b"trailer\n<<>>\nstartxref\n3911\n%%EOF\n"))


@cache
def report() -> Report:
    return campaigns.report(signer=SIGNER)


def unsigned(format: SignedFormat) -> bytes:
    match format:
        case "json":
            return as_json.text(report()).encode()
        case "html":
            return SMALL_PAGE
        case "xml":
            return as_junit.text(report()).encode()
        case "pdf":
            return SMALL_PDF


@cache
def signed(format: SignedFormat, signer: Signer = SIGNER) -> bytes:
    return add_signature(format, unsigned(format), unsigned("json"), signer)
