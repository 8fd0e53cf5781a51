"""What to do about an attempt to connect that failed: for a person who is commissioning a station."""

from typing import Final

from plugfest.lab.csms.endpoint import EndpointSettings
from plugfest.link.attempt import Attempt

ADVICE: Final = (
    ("began a TLS handshake on a port without TLS", "Set the URL of the station to {url}, or listen with wss://."),
    ("sent an HTTP request without TLS", "Set the URL of the station to {url}, or listen with ws://."),
    ("is not TLS", "Set the URL of the station to {url}, or listen with ws://."),
    (
        "it does not trust the issuer",
        "Install the root certificate of the lab in the station, for connections to a CSMS.",
    ),
    ("it finds the certificate expired", "Check the date and the time of the station."),
    ("it does not accept the certificate", "Install the root certificate of the lab, and use the host name {host}."),
    ("it finds the certificate not valid", "Install the root certificate of the lab, and use the host name {host}."),
    ("there is no common TLS version", "Enable TLS 1.2 or 1.3 in the station (A00.FR.313, A00.FR.416)."),
    ("there is no common cipher suite", "Enable the cipher suites of A00.FR.318 in the station."),
    ("sent no certificate", "Install a certificate in the station, or test with --security-profile 2."),
    ("the certificate of the client is not valid", "Name the root of the station's certificate with --station-root."),
    ("the URL ends with the unknown identity", "Set the URL of the station to {url}/{identity}, or use --identity."),
    ("there is no Authorization header", "Set the password of the station, in security profile {profile:d}."),
    ("the user name in the Authorization header", "Set the user name, or the identity, of the station to {identity}."),
    ("the password is wrong", "Set the password of the station to that of the lab, or use --password-file."),
    ("the subprotocol has to be", "Set the OCPP version of the station, or test with a PICS of its version."),
)
"""By a part of the reason: what a person can do, with the settings of the endpoint."""


def advice(attempt: Attempt, settings: EndpointSettings, url: str) -> str:
    """What to do in one line; empty if nothing is known. `url`: that of the endpoint."""
    reason = attempt.failure or ""
    text = next((text for part, text in ADVICE if part in reason), "")
    return text.format(url=url, host=settings.host, identity=settings.identity, profile=settings.profile)
