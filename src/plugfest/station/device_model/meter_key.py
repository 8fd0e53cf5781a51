"""The public key of a meter, as a CSMS is told of it."""

import base64


def told_key(public_key: bytes) -> str:
    """The ASN.1 structure in the words of the application note on signed meter values (section 3.2.2)."""
    return base64.b64encode(b"oca:base16:asn1:" + public_key.hex().encode()).decode()
