"""E12 Inform CSMS of an Offline Occurred Transaction."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.id_token import id_token_known
from plugfest.lab.v201.states.offline import back_online, queued_events, transaction_events_in_queue_ended

OFFLINE_AUTHORIZATION = {
    "AuthCtrlr.LocalAuthorizeOffline": "true",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
}


@case(
    "TC_E_43_CS",
    requirements=("E12.FR.01", "E12.FR.02", "E12.FR.06"),
    configuration=OFFLINE_AUTHORIZATION,
    before=(id_token_known, transaction_events_in_queue_ended),  # erratum 6.2.54
)
async def transaction_offline(bench: Bench) -> None:
    outage = await back_online(bench)
    bench.step(1)
    events = await queued_events(bench, outage)
    for event_type in ("Started", "Ended"):
        found = [event for event in events if event.message.event_type == event_type]
        bench.check(len(found) == 1, f"one TransactionEventRequest with eventType {event_type}", len(found))
