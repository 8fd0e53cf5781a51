"""A01 Update Charge Point Password for HTTP Basic Authentication, and the credentials that the station sends."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_credentials, check_reconnects, next_attempt
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY
from plugfest.lab.v16.restore import password_on_the_wire
from plugfest.lab.v16.states.booted import optional_boot
from plugfest.ocpp.v16 import messages as m

NEW_PASSWORD = "plugfest-changed-02"

MIN_LENGTH, MAX_LENGTH = 16, 20
"""Length of a password in bytes (A00.FR.205, A00.FR.304)."""

HTTP_BASIC = ConnectionRequirement((2, 1), root_installed=None)


@case(
    "TC_073_CS",
    requirements=("A01.FR.01", "A01.FR.02", "A01.FR.03", "A00.FR.203", "A00.FR.302"),
    connected=HTTP_BASIC,
)
async def password_changed(bench: Bench) -> None:
    """Change the password and change it back; each time the station disconnects by itself (A01, step 3)."""
    original_password = bench.csms.password
    await _change_password(bench, NEW_PASSWORD, step=1)
    await _change_password(bench, original_password, step=4)


async def _change_password(bench: Bench, password: str, *, step: int) -> None:
    attempts_before, connections_before = len(bench.csms.main.attempts), bench.csms.connection_count
    request = m.ChangeConfigurationRequest(key=AUTHORIZATION_KEY, value=password_on_the_wire(password))
    await bench.step(step).call(request, status="Accepted")
    bench.csms.password = password  # A01.FR.03: from now on only the new password is valid
    bench.step(step + 2)
    check_credentials(bench, await next_attempt(bench, attempts_before), password)
    await check_reconnects(bench, connections_before)
    await optional_boot(bench)


@case(
    "TC_085_CS",
    requirements=("A00.FR.202", "A00.FR.203", "A00.FR.204", "A00.FR.301", "A00.FR.302", "A00.FR.303"),
    connected=HTTP_BASIC,
)
async def valid_username_and_password(bench: Bench) -> None:
    """Derived: the lab closes the connection, and the station connects again."""
    attempts_before, connections_before = len(bench.csms.main.attempts), bench.csms.connection_count
    bench.csms.drop_connection()
    bench.step(1)
    attempt = await next_attempt(bench, attempts_before)
    check_credentials(bench, attempt, bench.csms.password)
    bench.step(1, "A00.FR.205, A00.FR.304")
    _, password = (attempt.handshake and attempt.handshake.credentials) or ("", "")
    length = len(password.encode())
    bench.check(MIN_LENGTH <= length <= MAX_LENGTH, f"a password of {MIN_LENGTH} to {MAX_LENGTH} bytes", length)
    bench.step(3)
    await check_reconnects(bench, connections_before)
    await optional_boot(bench)
