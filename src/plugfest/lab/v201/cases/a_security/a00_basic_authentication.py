"""A00 Security: HTTP Basic authentication, in security profiles 1 and 2."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import check_credentials, next_attempt
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.booted import booted

MIN_LENGTH, MAX_LENGTH = 16, 64
"""Length of a password in characters (A00.FR.205 with erratum 2.1)."""


@case(
    "TC_A_01_CS",
    requirements=(
        "A00.FR.202",
        "A00.FR.203",
        "A00.FR.204",
        "A00.FR.205",
        "A00.FR.301",
        "A00.FR.302",
        "A00.FR.304",
        "B01.FR.01",
        "B01.FR.05",
        "B01.FR.09",
    ),
    connected=ConnectionRequirement((2, 1), root_installed=None),
)
async def valid_username_and_password(bench: Bench) -> None:
    attempts_before = len(bench.csms.main.attempts)
    bench.step(1)
    await booted(bench)
    attempt = await next_attempt(bench, attempts_before)
    check_credentials(bench, attempt, bench.csms.password)
    _, password = (attempt.handshake and attempt.handshake.credentials) or ("", "")
    length = len(password)
    bench.check(
        MIN_LENGTH <= length <= MAX_LENGTH,
        f"a password of {MIN_LENGTH} to {MAX_LENGTH} characters",
        f"{length}",
    )
