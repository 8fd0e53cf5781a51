"""The last request of an operation, a report, a boot or a transaction of OCPP 2.0.1."""

from typing import Final

from plugfest.lab.csms.last_requests import Checks, LastRequest, LastRequests, has_status, is_last_part, same
from plugfest.lab.expectations import has
from plugfest.lab.v201.rules.logs_and_firmware import UPDATE_ENDS
from plugfest.ocpp.v201 import messages as m


def _same_transaction(event: m.TransactionEventRequest, checks: Checks) -> bool:
    info = checks.get("transaction_info")
    return isinstance(info, has) and info.checks.get("transaction_id") == event.transaction_info.transaction_id


def _not_triggered(_: m.BootNotificationRequest, checks: Checks) -> bool:
    """A station that is not accepted boots again by itself beside the boot that the lab has triggered."""
    return checks.get("reason") != "Triggered"


LAST_REQUESTS: Final[LastRequests] = {
    m.BootNotificationRequest: LastRequest(lambda _: True, _not_triggered),
    # Part 2 TransactionEventEnumType: Ended is the last event of a transaction.
    m.TransactionEventRequest: LastRequest(lambda event: event.event_type == "Ended", _same_transaction),
    # A failure is not the last status: a station decides how often it tries again, if the request does not.
    m.FirmwareStatusNotificationRequest: LastRequest(has_status(*UPDATE_ENDS), same("request_id")),
    m.LogStatusNotificationRequest: LastRequest(has_status("Uploaded", "AcceptedCanceled"), same("request_id")),
    m.NotifyReportRequest: LastRequest(is_last_part, same("request_id")),
    m.NotifyMonitoringReportRequest: LastRequest(is_last_part, same("request_id")),
    m.NotifyDisplayMessagesRequest: LastRequest(is_last_part, same("request_id")),
    m.NotifyCustomerInformationRequest: LastRequest(is_last_part, same("request_id")),
}
