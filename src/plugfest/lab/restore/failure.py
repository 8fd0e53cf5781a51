"""The finding about a station that was not brought into its idle state."""

from plugfest.lab.csms.csms import SecondConnection
from plugfest.lab.csms.runaway_limit import TooManyClients
from plugfest.lab.verdict import Finding, OperatorFailed


def failure(expected: str, error: Exception, idle_clause: str, step: str = "") -> Finding:
    """The finding. It names the clause about the idle state, unless operator or network have caused the error."""
    return Finding(
        requirement="" if _is_obstacle(error) else idle_clause,
        expected=expected,
        actual=str(error) or type(error).__name__,
        step=step,
    )


def _is_obstacle(error: BaseException | None) -> bool:
    """Whether an error comes from the operator or the network, not from the station."""
    while error is not None:
        if isinstance(error, OperatorFailed | SecondConnection | TooManyClients):
            return True
        error = error.__cause__
    return False
