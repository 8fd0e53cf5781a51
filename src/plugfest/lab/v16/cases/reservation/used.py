"""ReserveNow, and a transaction that uses the reservation."""

from plugfest.lab.case import case
from plugfest.lab.expectations import none_of
from plugfest.lab.settings import Token
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.authorized import AUTHORIZE_REMOTE_ENABLED, authorized, id_tag
from plugfest.lab.v16.states.charging import charging_starts, plugged_in
from plugfest.lab.v16.states.connector_status import STATION, other_connectors_unavailable
from plugfest.lab.v16.states.reserved import (
    cancel_reservation,
    connector_zero_supported,
    reservation_id,
    reserve_now,
    reserved,
)
from plugfest.ocpp.v16 import messages as m

CLAUSES = ("section 4.8", "section 4.9", "section 5.13")


async def used(
    bench: Bench, first_step: int, *, how: str | None = None, token: Token | None = None, expect_authorize: bool = False
) -> None:
    """The driver is authorized and plugs in, and the transaction ends the reservation: it can no longer be cancelled.

    `first_step` is the number of the first step; the other arguments are those of `authorized`.
    """
    await authorized(bench.step(first_step), how=how, token=token, expect_authorize=expect_authorize)
    await plugged_in(bench.step(first_step + 3))
    await charging_starts(bench.step(first_step + 4), reservation_id=reservation_id(bench))
    await cancel_reservation(bench.step("after"), reservation_id(bench), "Rejected")


async def different_id_tag_refused(bench: Bench, token: Token) -> None:
    """An idTag that the reservation is not for starts nothing; without a parent idTag there is no Authorize."""
    await bench.present(token)
    await bench.silence(m.AuthorizeRequest, seconds=bench.settings.time_tolerance, id_tag=id_tag(token))
    not_reserved = {"connector_id": bench.connector_id, "status": none_of("Reserved")}
    await bench.silence(m.StatusNotificationRequest, seconds=0, **not_reserved)
    await bench.silence(m.StartTransactionRequest, seconds=0)


@case("TC_046_1_CS", requirements=CLAUSES, before=other_connectors_unavailable)
async def local_start(bench: Bench) -> None:
    await reserved(bench.step(1))
    await different_id_tag_refused(bench.step(5), bench.tokens.second)
    await used(bench, 6, how="local")


@case("TC_046_2_CS", requirements=CLAUSES)
async def remote_start(bench: Bench) -> None:
    await reserved(bench.step(1))
    await used(bench, 5, how="remote")


@case(
    "TC_049_CS",
    requirements=(*CLAUSES, "section 9.3.1"),
    before=(connector_zero_supported, other_connectors_unavailable),
)
async def whole_station(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number. The only available connector is reserved."""
    await reserved(bench.step(1), reserve_now(bench, connector_id=STATION))
    await used(bench, 5)


async def of_the_same_group(bench: Bench, how: str) -> None:
    """Another idTag with the parent idTag of the reservation: the station sends an Authorize to get the parent."""
    await reserved(bench.step(1), reserve_now(bench, parent=bench.tokens.valid.group))
    await used(bench, 5, how=how, token=bench.tokens.same_group, expect_authorize=True)


@case("TC_053_1_CS", requirements=(*CLAUSES, "section 3.10"), before=other_connectors_unavailable)
async def parent_at_the_reader(bench: Bench) -> None:
    await of_the_same_group(bench, "local")


@case(
    "TC_053_2_CS",
    requirements=(*CLAUSES, "section 3.10", "section 5.11"),
    configuration=AUTHORIZE_REMOTE_ENABLED,
    before=other_connectors_unavailable,
)
async def parent_from_the_csms(bench: Bench) -> None:
    """Derived from TC_053_1. Authorize is allowed (5.13), even if remote starts are not authorized."""
    await of_the_same_group(bench, "remote")
