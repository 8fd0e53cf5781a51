"""The certificate of the station: its certificate signing request, and the use of the new certificate."""

from plugfest.lab.bench import AnyBench
from plugfest.lab.checks.handshake import check_reconnects
from plugfest.lab.expectations import meets
from plugfest.security.certificates import certificate_to_pem, certificates_from_pem
from plugfest.security.keys import has_valid_signature, signing_request_from_pem, weakness


def is_strong_csr(value: object) -> bool:
    """Whether this is a certificate signing request in PEM with a key that is long enough (A00.FR.502, FR.503)."""
    try:
        request = signing_request_from_pem(str(value))
    except ValueError:
        return False
    return has_valid_signature(request) and weakness(request.public_key()) is None


STRONG_CSR = meets("a certificate signing request (RFC 2986) in PEM for a key that is long enough", is_strong_csr)


async def check_reconnects_with(bench: AnyBench, chain: str, before: int) -> None:
    """The station connects after the first `before` connections with a new certificate (A02.FR.08)."""
    await check_reconnects(bench, before)
    tls = bench.csms.connection.handshake.tls
    presented = tls.client_chain[0] if tls and tls.client_chain else None
    new = certificate_to_pem(certificates_from_pem(chain)[0])
    bench.check(presented == new, "the station presents the new certificate", presented)
