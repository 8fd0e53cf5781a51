"""A BootNotification that the CSMS triggers, in any OCPP version."""

from plugfest.station.context import Context
from plugfest.station.model.connectors.availability import Place


def send_boot_notification(context: Context, place: Place) -> bool:
    """Send it after the response. False if the CSMS has already accepted the station."""
    if context.csms.accepted:
        return False  # F06.FR.17, 1.6 erratum 3.35
    context.handlers.after_response(context.csms.trigger_boot_notification)  # F06.FR.04
    return True
