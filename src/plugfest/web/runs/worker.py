"""What takes too long for the process of the server: `python -m plugfest.web.runs.worker report|verify …`."""

import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from plugfest.campaigns.approval import ApprovalOptions
from plugfest.campaigns.stored_run import stored_document
from plugfest.lab.verdict import LabError
from plugfest.products import ProductError
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.folder import FORMAT_FILES
from plugfest.reports.formats.pdf_not_installed import PdfNotInstalled
from plugfest.reports.rendering import render
from plugfest.reports.signing.lab_key import InvalidKey, existing_signer, load_signer
from plugfest.reports.signing.verification import Verification, verify_report
from plugfest.runs.folder import RunError, RunFolder

REFUSED: Final = 2


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The verification of a file. `own`: the key of this lab has signed it."""

    verification: Verification
    own: bool


def _report(run: str, name: str, target: str) -> None:
    signer = load_signer(None, os.environ)
    document = stored_document(RunFolder(Path(run)), signer, ApprovalOptions())
    Path(target).write_bytes(render(FORMAT_FILES[name], document, signer))


def _verify(file: str) -> None:
    verification = verify_report(read_bytes(Path(file)))
    own = existing_signer(os.environ)
    verified = Verified(verification=verification, own=own is not None and verification.signer == own.fingerprint)
    sys.stdout.buffer.write(msgspec.json.encode(verified))


def main() -> None:
    """Do what the arguments name. A problem is one line on standard error, and exit code REFUSED."""
    task, *arguments = sys.argv[1:]
    try:
        if task == "report":
            _report(*arguments)
        else:
            _verify(*arguments)
    except (RunError, ProductError, LabError, InvalidKey, PdfNotInstalled, NotReadable) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
