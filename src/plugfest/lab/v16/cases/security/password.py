"""A01 Update Charge Point Password for HTTP Basic Authentication, and what the station shows with it."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_credentials, check_reconnects, next_attempt
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.configuration import AUTHORIZATION_KEY
from plugfest.lab.v16.restore import password_on_the_wire
from plugfest.lab.v16.states.booted import optional_boot
from plugfest.ocpp.v16 import messages as m

NEW_PASSWORD = "plugfest-changed-02"

SHORTEST, LONGEST = 16, 20
"""Bytes of a password (A00.FR.205, A00.FR.304)."""

BASIC = ConnectionRequirement((2, 1), root_installed=None)


@case(
    "TC_073_CS",
    requirements=("A01.FR.01", "A01.FR.02", "A01.FR.03", "A00.FR.203", "A00.FR.302"),
    connected=BASIC,
)
async def password_changed(bench: Bench) -> None:
    """There and back again; each time it is the station that hangs up (A01, step 3)."""
    usual = bench.csms.password
    await _changed(bench, NEW_PASSWORD, step=1)
    await _changed(bench, usual, step=4)


async def _changed(bench: Bench, password: str, *, step: int) -> None:
    tried, before = len(bench.csms.main.attempts), len(bench.csms.connections)
    request = m.ChangeConfigurationRequest(key=AUTHORIZATION_KEY, value=password_on_the_wire(password))
    await bench.step(step).call(request, status="Accepted")
    bench.csms.password = password  # A01.FR.03: from now on no other one is good enough
    bench.step(step + 2)
    check_credentials(bench, await next_attempt(bench, tried), password)
    await check_reconnects(bench, before)
    await optional_boot(bench)


@case(
    "TC_085_CS",
    requirements=("A00.FR.202", "A00.FR.203", "A00.FR.204", "A00.FR.301", "A00.FR.302", "A00.FR.303"),
    connected=BASIC,
)
async def valid_username_and_password(bench: Bench) -> None:
    """Derived in its steps: the lab loses the connection, and the station makes another one."""
    tried, before = len(bench.csms.main.attempts), len(bench.csms.connections)
    bench.csms.drop_connection()
    bench.step(1)
    attempt = await next_attempt(bench, tried)
    check_credentials(bench, attempt, bench.csms.password)
    bench.step(1, "A00.FR.205, A00.FR.304")
    _, password = (attempt.handshake and attempt.handshake.credentials) or ("", "")
    length = len(password.encode())
    bench.check(SHORTEST <= length <= LONGEST, f"a password of {SHORTEST} to {LONGEST} bytes", length)
    bench.step(3)
    await check_reconnects(bench, before)
    await optional_boot(bench)
