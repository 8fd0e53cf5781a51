"""What a station may send before its BootNotification is accepted."""

from datetime import UTC, datetime

import pytest

from plugfest.lab.csms.registration import Registration
from plugfest.lab.v201.rules.registration import requested_while_pending
from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
BOOT = m.BootNotificationRequest(
    charging_station=t.ChargingStationType(model="Model", vendor_name="Vendor"), reason=t.BootReasonEnumType.PowerUp
)
HEARTBEAT = m.HeartbeatRequest()
TRIGGER = m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.Heartbeat)


def registration(*statuses: str, refuses: bool = True) -> Registration:
    registered = Registration(requested_while_pending if refuses else None)
    for status in statuses:
        answer = m.BootNotificationResponse(current_time=NOON, interval=60, status=t.RegistrationStatusEnumType(status))
        registered.note_answer(BOOT, answer)
    return registered


def test_a_station_may_have_booted_before_the_campaign() -> None:
    registered = registration()
    registered.check(HEARTBEAT)
    assert registered.accepted


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_other_requests_are_refused_until_the_station_is_accepted(status: str) -> None:
    registered = registration(status)
    with pytest.raises(Refusal) as caught:
        registered.check(HEARTBEAT)
    assert caught.value.code is ErrorCode.SecurityError
    assert not registered.accepted
    registered.check(BOOT)
    registration(status, "Accepted").check(HEARTBEAT)


def test_a_pending_station_may_send_what_it_was_instructed_to_send() -> None:
    registered = registration("Pending")
    registered.note_request(TRIGGER)
    registered.check(HEARTBEAT)
    with pytest.raises(Refusal):
        registered.check(
            m.StatusNotificationRequest(
                timestamp=NOON, connector_status=t.ConnectorStatusEnumType.Available, evse_id=1, connector_id=1
            )
        )


def test_a_rejected_station_may_send_nothing_else_even_if_instructed() -> None:
    registered = registration("Rejected")
    registered.note_request(TRIGGER)
    with pytest.raises(Refusal):
        registered.check(HEARTBEAT)


def test_instructions_end_with_acceptance() -> None:
    registered = registration("Pending")
    registered.note_request(TRIGGER)
    registered.note_answer(
        BOOT,
        m.BootNotificationResponse(current_time=NOON, interval=60, status=t.RegistrationStatusEnumType.Accepted),
    )
    registered.note_answer(
        BOOT,
        m.BootNotificationResponse(current_time=NOON, interval=60, status=t.RegistrationStatusEnumType.Pending),
    )
    with pytest.raises(Refusal):
        registered.check(HEARTBEAT)


def test_a_csms_of_a_version_without_that_rule_answers() -> None:
    registration("Pending", refuses=False).check(HEARTBEAT)
