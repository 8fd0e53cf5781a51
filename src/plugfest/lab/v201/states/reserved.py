"""Reserved: the EVSE under test is kept for somebody."""

from datetime import timedelta

from plugfest import clock
from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import all_connectors_report, connectors
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

EXPIRES_AFTER = timedelta(hours=1)


async def reserved(bench: Bench, token: Token | None = None) -> None:
    """Reserve the EVSE under test, for the lab's valid token if none is named, and see its connectors say so."""
    holder = token or bench.tokens.valid
    bench.csms.inbox.set_mark()
    await bench.call(
        m.ReserveNowRequest(
            id=bench.configuration.next_request_id(),
            expiry_date_time=clock.utc_now() + EXPIRES_AFTER,
            id_token=t.IdTokenType(id_token=holder.id_token, type=t.IdTokenEnumType(holder.type)),
            evse_id=bench.settings.evse_id,
        ),
        status="Accepted",
    )
    await all_connectors_report(bench, "Reserved", which=connectors(bench, bench.settings.evse_id))
