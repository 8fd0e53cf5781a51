"""The certificate of the station: its certificate signing request, and the use of the new certificate."""

from cryptography import x509

from plugfest.lab.bench import AnyBench
from plugfest.lab.checks.handshake import check_reconnects
from plugfest.lab.expectations import meets
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.keys import weakness


def is_strong_csr(value: object) -> bool:
    """Whether this is a certificate signing request in PEM with a key that is long enough (A00.FR.502, FR.503)."""
    try:
        request = x509.load_pem_x509_csr(str(value).encode())
    except ValueError:
        return False
    return request.is_signature_valid and weakness(request.public_key()) is None


STRONG_CSR = meets("a certificate signing request (RFC 2986) in PEM for a key that is long enough", is_strong_csr)


async def check_reconnects_with(bench: AnyBench, chain: str, before: int) -> None:
    """The station connects after the first `before` connections with a new certificate (A02.FR.08)."""
    await check_reconnects(bench, before)
    tls = bench.csms.connection.handshake.tls
    presented = certificates_from_pem(tls.client_chain[0])[0] if tls and tls.client_chain else None
    bench.check(presented == certificates_from_pem(chain)[0], "the station presents the new certificate", presented)
