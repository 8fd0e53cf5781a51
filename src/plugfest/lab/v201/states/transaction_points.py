"""TxStartPoint and TxStopPoint of the station, and which event an action leads to.

A station without these variables has some of the points that its PICS claims (C-09, C-10), and the lab cannot set them.
If the PICS claims several, the events of the station show which ones it has.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.v201.answers import CONTRACT
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.known_state import Conditions, starts, stops
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product


class PointVariable(msgspec.Struct, frozen=True):
    """TxStartPoint or TxStopPoint; `claims`: its values by the PICS item that claims them."""

    name: str
    event_type: str
    claims: Mapping[str, str]


START = PointVariable(
    "TxCtrlr.TxStartPoint",
    "Started",
    {
        "C-09.1": "EVConnected",
        "C-09.2": "Authorized",
        "C-09.3": "DataSigned",
        "C-09.4": "PowerPathClosed",
        "C-09.5": "EnergyTransfer",
        "C-09.6": "ParkingBayOccupancy",
    },
)

STOP = PointVariable(
    "TxCtrlr.TxStopPoint",
    "Ended",
    {
        "C-10.1": "EVConnected",
        "C-10.2": "Authorized",
        "C-10.3": "PowerPathClosed",
        "C-10.4": "EnergyTransfer",
        "C-10.5": "ParkingBayOccupancy",
    },
)


def has_bay_sensor(product: Product) -> bool:
    """Whether the product detects an EV in the bay: it supports ParkingBayOccupancy as TxStartPoint or TxStopPoint."""
    claims = [*START.claims.items(), *STOP.claims.items()]
    return any(point == "ParkingBayOccupancy" and product.supports(claim) for claim, point in claims)


BY_ITSELF = frozenset({"ChargingStateChanged", "SignedDataReceived"})
"""The triggerReasons of a transaction that the station starts after an action, not because of it."""


def start_points(bench: Bench) -> frozenset[str]:
    """The configured TxStartPoint; without the variable the points of the PICS that the station may have."""
    return _points(bench, START)


def stop_points(bench: Bench) -> frozenset[str]:
    """The configured TxStopPoint, or as for `start_points`, with the conditions of PowerPathClosed."""
    return _conditions(_points(bench, STOP))


def undetermined(bench: Bench, variable: PointVariable) -> bool:
    """Whether the station has no such variable and the PICS claims several points: its events show which it has."""
    return not bench.configuration.members(variable.name) and len(_claimed(bench, variable)) > 1


async def expected_event_type(bench: Bench, before: Conditions) -> str | None:
    """The eventType that the change from `before` to the present facts leads to; None if there is no transaction.

    If the points of the station are undetermined, its event decides, or that none comes.
    """
    after = bench.known_state.conditions
    if bench.known_state.ongoing:
        return "Ended" if await _ends(bench, lambda points: stops(points, before, after)) else "Updated"
    newly = [point for point in start_points(bench) if starts({point}, before, after)]
    if not newly:
        return None
    if not undetermined(bench, START):
        return "Started"
    energy_may_flow = after.authorized and after.ev_connected and not after.energy_transfer
    return "Started" if await _starts(bench, newly, by_itself=energy_may_flow) else None


async def deauthorization_ends(bench: Bench) -> bool:
    """Whether a transaction ends because its idToken has been rejected."""
    ending = {"Authorized", "PowerPathClosed", "EnergyTransfer"}
    return await _ends(bench, lambda points: bool(_conditions(points) & ending))


async def suspension_ends(bench: Bench) -> bool:
    """Whether a transaction ends when energy transfer does, while the driver stays authorized."""
    return await _ends(bench, lambda points: "EnergyTransfer" in points)


def timeout_ends(bench: Bench) -> bool | None:
    """Whether EVConnectionTimeOut ends the transaction, because the authorization ends; None if undetermined."""
    ends = "Authorized" in stop_points(bench)
    known = not ends or not undetermined(bench, STOP) or "Authorized" in bench.configuration.observed_points.in_use
    return ends if known else None


# Cases about one point


def require_start_point(bench: Bench, point: str) -> None:
    """A case about a start point cannot be run with a station that does not have it. Raises NotEquipped."""
    _require(START, point, lacking=undetermined(bench, START) and point not in start_points(bench))


def require_stop_point(bench: Bench, point: str) -> None:
    """Likewise for a stop point."""
    _require(STOP, point, lacking=undetermined(bench, STOP) and point not in _points(bench, STOP))


Shows = Callable[[m.TransactionEventRequest], bool]
"""Whether an event shows a start point."""


async def require_started_here(bench: Bench, point: str, shows: Shows = lambda _: True) -> None:
    """The last action has to start the transaction. Raises NotEquipped if the station has other start points."""
    if undetermined(bench, START):
        event = None if bench.known_state.ongoing else await _shown(bench, lambda one: _is_start(bench, one, shows))
        _require(START, point, lacking=event is None)


async def require_ended_here(bench: Bench, point: str) -> None:
    """The last action has to end the transaction. Raises NotEquipped if the station has other stop points."""
    if undetermined(bench, STOP):
        ends_here = bench.known_state.ongoing and await _ends(bench, lambda points: point in points)
        _require(STOP, point, lacking=not ends_here)


async def require_not_ended_here(bench: Bench, point: str) -> None:
    """The last action must not end the transaction. Raises NotEquipped if the station has this stop point."""
    if undetermined(bench, STOP):
        ended = not bench.known_state.ongoing or await _ends(bench, lambda points: point in points)
        _require(STOP, f"without {point}", lacking=ended)


def _require(variable: PointVariable, point: str, *, lacking: bool) -> None:
    if lacking:
        raise NotEquipped(
            f"the scenario requires {variable.name} {point}; the station does not report the variable, and its"
            " events show another point"
        )


# What the events show


async def _starts(bench: Bench, newly: Iterable[str], *, by_itself: bool) -> bool:
    """Whether an event shows that one of these points, which have just begun to hold, starts transactions.

    `by_itself`: energy may flow now, so that the event may also show a later point.
    """

    event = await _shown(bench, lambda one: _is_start(bench, one))
    if event is None:
        return not _exclude(bench, START, newly)
    assert isinstance(event.message, m.TransactionEventRequest)
    token = given(event.message.id_token)
    if token is not None and token.type == CONTRACT and not bench.known_state.conditions.authorized:
        return not _exclude(bench, START, newly)  # the EV has been authorized by itself since (C07)
    return not (by_itself and event.message.trigger_reason in BY_ITSELF)


def _is_start(bench: Bench, one: AnyReceived, shows: Shows = lambda _: True) -> bool:
    """Whether a request is the Started event of a transaction at the EVSE under test."""
    message = one.message
    if not isinstance(message, m.TransactionEventRequest) or message.event_type != "Started" or not shows(message):
        return False
    evse = given(message.evse)
    return evse is None or evse.id == bench.settings.evse_id


async def _ends(bench: Bench, stopped_by: Callable[[Collection[str]], bool]) -> bool:
    """Whether the transaction ends; `stopped_by`: whether points end it now."""
    points = _points(bench, STOP)
    if not undetermined(bench, STOP):
        return stopped_by(_conditions(points))
    ending = {point for point in points if stopped_by(_conditions({point}))}
    observed = bench.configuration.observed_points
    if not ending or ending & observed.in_use:
        return bool(ending)

    def is_end(one: AnyReceived) -> bool:
        message = one.message
        return (
            isinstance(message, m.TransactionEventRequest)
            and message.event_type == "Ended"
            and message.transaction_info.transaction_id == bench.known_state.transaction_id
        )

    if await _shown(bench, is_end) is None:
        return not _exclude(bench, STOP, ending)
    if len(ending) == 1:
        observed.in_use |= ending
    return True


async def _shown(bench: Bench, shows: Callable[[AnyReceived], bool]) -> AnyReceived | None:
    """The event that shows it, which stays in the inbox; None if none comes before an authorization may time out."""
    inbox = bench.csms.inbox

    def found() -> AnyReceived | None:
        return next((one for one in inbox.unconsumed(since=inbox.mark) if shows(one)), None)

    await bench.until(lambda: found() is not None, within=bench.settings.ev_connection_timeout / 2)
    return found()


def _exclude(bench: Bench, variable: PointVariable, points: Iterable[str]) -> bool:
    """The station does not have these points. False if it then had none: it has to have one of those in its PICS."""
    excluded = bench.configuration.observed_points.excluded[variable.name]
    if not _points(bench, variable) - set(points):
        return False
    excluded |= set(points)
    return True


def _points(bench: Bench, variable: PointVariable) -> frozenset[str]:
    reported = bench.configuration.members(variable.name)
    return reported or _claimed(bench, variable) - bench.configuration.observed_points.excluded[variable.name]


def _claimed(bench: Bench, variable: PointVariable) -> frozenset[str]:
    return frozenset(point for claim, point in variable.claims.items() if bench.product.supports(claim))


def _conditions(points: Collection[str]) -> frozenset[str]:
    """PowerPathClosed equals EVConnected and Authorized (Part 2 section 2.6.6.2)."""
    implied = {"EVConnected", "Authorized"} if "PowerPathClosed" in points else set()
    return frozenset({*points, *implied})
