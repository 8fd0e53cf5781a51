"""The last request of an operation, a boot or a transaction of OCPP 1.6."""

from typing import Final

from plugfest.lab.csms.last_requests import LastRequest, LastRequests, has_status, same
from plugfest.ocpp.v16 import messages as m

SIGNED_UPDATE_ENDS = ("Installed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature")

LAST_REQUESTS: Final[LastRequests] = {
    m.BootNotificationRequest: LastRequest(lambda _: True),
    m.StopTransactionRequest: LastRequest(lambda _: True, same("transaction_id")),
    # The lab requests no retries: a failure is the last status.
    m.FirmwareStatusNotificationRequest: LastRequest(has_status("Installed", "InstallationFailed", "DownloadFailed")),
    m.DiagnosticsStatusNotificationRequest: LastRequest(has_status("Uploaded", "UploadFailed")),
    m.SignedFirmwareStatusNotificationRequest: LastRequest(has_status(*SIGNED_UPDATE_ENDS), same("request_id")),
    m.LogStatusNotificationRequest: LastRequest(has_status("Uploaded"), same("request_id")),
}
