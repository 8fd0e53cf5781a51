"""`plugfest v2g`: certificates to try plug and charge with: a V2G PKI, a contract, an OCSP responder."""

import asyncio
import re
import sys
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import click

from plugfest import clock
from plugfest.cli.background import until_stopped
from plugfest.cli.execution.v2g.folder import MOBILITY_OPERATOR, NAMES, V2G, V2gFolder, certificate_in
from plugfest.cli.terminal.standard_output import echo, write_document
from plugfest.cli.values.station_arguments import text_of
from plugfest.http_server.ocsp import Respond, ocsp_application
from plugfest.http_server.serving import serve
from plugfest.link.errors import CannotListen
from plugfest.link.server import bind
from plugfest.security.ocsp import responder_url
from plugfest.security.pki import CertificateFault

EMAID: Final = re.compile(r"[A-Za-z]{2}(-?)[0-9A-Za-z]{3}\1[0-9A-Za-z]{9}(\1[0-9A-Za-z])?")
"""An eMAID (ISO 15118-2, annex H): with hyphens or without."""

HTTP_PORT: Final = 80


def certificates(output: str, emaid: str, fault: str | None, ocsp: str) -> None:
    """Write PKIs and a contract. Raises ClickException."""
    if not EMAID.fullmatch(emaid):
        raise click.ClickException(f"--emaid {emaid}: expected an eMAID such as DE-8AA-C12345678-X")
    folder = V2gFolder(output)
    if not folder.exists:
        folder.create(ocsp.rstrip("/"))
    contract = folder.pki(MOBILITY_OPERATOR).contract(
        emaid, fault=None if fault is None else CertificateFault(fault.replace("-", "_"))
    )
    folder.write_contract(contract)
    for name, use in (
        ("v2g-root.pem", "for --root V2GRootCertificate=FILE of the station"),
        ("mo-root.pem", "for --root MORootCertificate=FILE of the station"),
        ("contract.pem", f"the contract {emaid}, its key is contract.key"),
        ("ev.json", "an EV with the contract, for ev_prepare of the control API"),
    ):
        echo(f"{folder.path(name)}: {use}")


def sign(folder: str, request: str) -> None:
    """Print the certificate for a request. Raises ClickException."""
    text = sys.stdin.read() if request == "-" else text_of(request)
    opened = V2gFolder(folder)
    pki = opened.pki(V2G)
    try:
        chain = pki.sign(text)
    except ValueError as error:
        raise click.ClickException(f"{request}: not a certificate signing request in PEM: {error}") from None
    opened.note_issued(chain)
    write_document(chain)


def responder(folder: str, revoked: Sequence[str]) -> None:
    """Run the OCSP responder until Ctrl-C. Raises ClickException."""
    opened = V2gFolder(folder)
    url = responder_url(certificate_in(str(opened.path(f"{V2G}-sub-ca-2.pem")))) or ""
    port = urlsplit(url).port or HTTP_PORT
    serials = [certificate_in(path) for path in revoked]

    def respond_for(name: str) -> Respond:
        def respond(request: bytes) -> bytes:
            pki = opened.pki(name)  # knows what was issued meanwhile
            now = clock.utc_now()
            for certificate in serials:
                pki.responder.revoke(certificate, now)
            return pki.responder.respond(request, now)

        return respond

    try:
        listening = bind("localhost", port)
    except CannotListen as error:
        raise click.ClickException(str(error)) from None
    echo(f"OCSP responder at {url.removesuffix(f'/{V2G}')}; Ctrl-C stops it")
    application = ocsp_application({f"/{name}": respond_for(name) for name in NAMES})
    asyncio.run(until_stopped([serve(application, listening)]))
