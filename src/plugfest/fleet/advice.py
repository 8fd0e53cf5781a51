"""What to do about the errors of a fleet."""

import errno
import os
from collections.abc import Iterator, Mapping
from typing import Final

_ADVICE: Final = (
    (
        (os.strerror(errno.EMFILE), os.strerror(errno.ENFILE)),
        "there are no file descriptors left: raise the limit (ulimit -n), or use more processes (--jobs)",
    ),
    (
        (os.strerror(errno.EADDRNOTAVAIL), os.strerror(errno.EADDRINUSE)),
        "there are no free ports left for an address: connect from several (--source 127.0.0.0/24)",
    ),
    ((os.strerror(errno.ECONNREFUSED),), "nothing listens at the URL of --csms, or its queue of connections is full"),
    (
        ("did not answer within",),
        "the CSMS is too slow to accept connections (lower --rate), or no CSMS listens at the URL of --csms",
    ),
    ((" 401 ",), "the CSMS does not accept the password: see --password-file and --passwords"),
    ((" 404 ",), "the CSMS does not know the path or the identities: see --csms and --id"),
    (
        ("refuses the connection: 429", "refuses the connection: 503"),
        "the CSMS takes no more stations: raise its limit",
    ),
    (("certificate is not valid",), "the stations do not trust the CSMS: see --csms-root"),
)
"""Parts of the reason of an error, and what to do."""


def advice(errors: Mapping[str, int]) -> Iterator[str]:
    """A line for each kind of error that has a known cause."""
    for parts, text in _ADVICE:
        if any(part in reason for reason in errors for part in parts):
            yield text
