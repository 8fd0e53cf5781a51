"""The local authorization list is the one that the CSMS has sent."""

import pytest
from tests.lab.rules.evidence import evidence
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.agreement.local_list import local_list_rules

VERSION, UPDATE, REQUEST, EVENT = range(4)
"""The rules by number."""


def violating_frames(
    number: int, *records: StationRecord, actions: tuple[OperatorAction, ...] = ()
) -> list[int | None]:
    """The frames that violate the rule with this number in the last of these cases of one campaign."""
    rule: Rule = local_list_rules()[number]
    found = [list(rule.judge(evidence(record, *actions))) for record in records]
    return [violation.frame for violation in found[-1]]


def entry(token: str, status: str | None = "Accepted") -> dict[str, object]:
    data: dict[str, object] = {"idToken": {"idToken": token, "type": "ISO14443"}}
    return data if status is None else data | {"idTokenInfo": {"status": status}}


class ListRecord(StationRecord):
    """Requests about the list, each answered at once."""

    def sends(
        self, version: int, *entries: dict[str, object], kind: str = "Full", status: str = "Accepted"
    ) -> "ListRecord":
        more = {"localAuthorizationList": list(entries)} if entries else {}
        self.answers(1, self.lab(1, "SendLocalList", versionNumber=version, updateType=kind, **more), status=status)
        return self

    def version(self, version: int) -> "ListRecord":
        self.answers(1, self.lab(1, "GetLocalListVersion"), versionNumber=version)
        return self

    def sets(self, name: str, value: str, status: str = "Accepted") -> "ListRecord":
        component, _, variable = name.partition(".")
        names = {"component": {"name": component}, "variable": {"name": variable}}
        message_id = self.lab(1, "SetVariables", setVariableData=[names | {"attributeValue": value}])
        self.answers(1, message_id, setVariableResult=[names | {"attributeStatus": status}])
        return self

    def boots(self, reason: str = "PowerUp") -> "ListRecord":
        station = {"model": "M", "vendorName": "V"}
        self.station(1, "BootNotification", reason=reason, chargingStation=station)
        return self

    def authorizes(self, token: str, status: str = "Accepted") -> "ListRecord":
        request = {"idToken": {"idToken": token, "type": "ISO14443"}}
        self.request(1, "Authorize", request, {"idTokenInfo": {"status": status}})
        return self

    def reports(self, token: str, trigger_reason: str = "Authorized") -> "ListRecord":
        self.event(1, trigger_reason, idToken={"idToken": token, "type": "ISO14443"})
        return self


ENABLED = "LocalAuthListCtrlr.Enabled"


# The version


def test_the_version_is_that_of_the_last_accepted_update() -> None:
    record = ListRecord().sends(5).version(5).sends(3).version(3).sends(4, kind="Differential").version(4)
    assert violating_frames(VERSION, record) == []
    assert violating_frames(VERSION, ListRecord().sends(5).version(6)) == [3]
    assert violating_frames(VERSION, ListRecord().sends(5).sends(7, status="Failed").version(7)) == [5]
    assert violating_frames(VERSION, ListRecord().sends(5).version(0)) == [3]  # also if the list is empty


def test_the_version_before_any_update_is_not_known() -> None:
    assert violating_frames(VERSION, ListRecord().version(8)) == []


def test_the_version_of_a_disabled_list_is_0() -> None:
    disabled = ListRecord().sends(5).sets(ENABLED, "false")
    assert violating_frames(VERSION, disabled.version(0)) == []
    assert violating_frames(VERSION, ListRecord().sets(ENABLED, "false").version(5)) == [3]


def test_a_list_that_is_enabled_again_has_its_version_or_none() -> None:
    def enabled_again(version: int) -> ListRecord:
        return ListRecord().sends(5).sets(ENABLED, "false").sets(ENABLED, "true").version(version)

    assert violating_frames(VERSION, enabled_again(5)) == []
    assert violating_frames(VERSION, enabled_again(0)) == []
    assert violating_frames(VERSION, enabled_again(1)) == [7]


def test_a_value_that_the_station_has_rejected_changes_nothing() -> None:
    assert violating_frames(VERSION, ListRecord().sends(5).sets(ENABLED, "false", "Rejected").version(5)) == []
    assert violating_frames(VERSION, ListRecord().sends(5).sets(ENABLED, "false", "Rejected").version(0)) == [5]


def test_a_reboot_may_lose_the_list() -> None:
    assert violating_frames(VERSION, ListRecord().sends(5).boots().version(0)) == []  # D01.FR.10 is recommended
    assert violating_frames(VERSION, ListRecord().sends(5).boots().version(1)) == [4]
    assert violating_frames(VERSION, ListRecord().sends(5).boots("Triggered").version(0)) == [4]


def test_the_version_is_known_from_an_earlier_case() -> None:
    assert violating_frames(VERSION, ListRecord().sends(5), ListRecord().version(5)) == []
    assert violating_frames(VERSION, ListRecord().sends(5), ListRecord().version(4)) == [1]


def test_a_station_that_was_commissioned_may_have_any_version() -> None:
    commissioned = OperatorAction(kind=ActionKind.COMMISSION, began=1.0, ended=1.0, frame=2)
    record = ListRecord().sends(5).version(0)
    assert violating_frames(VERSION, record, actions=(commissioned,)) == []


# Updates


@pytest.mark.parametrize(
    ("version", "kind", "status", "frames"),
    [
        (5, "Differential", "VersionMismatch", []),
        (4, "Differential", "VersionMismatch", []),
        (5, "Differential", "Accepted", [3]),
        (5, "Differential", "Failed", [3]),
        (6, "Differential", "Accepted", []),
        (6, "Differential", "Failed", []),
        (6, "Differential", "VersionMismatch", [3]),
        (1, "Full", "Accepted", []),
        (1, "Full", "VersionMismatch", [3]),
    ],
)
def test_a_mismatch_is_the_answer_to_a_differential_update_that_is_not_newer(
    version: int, kind: str, status: str, frames: list[int]
) -> None:
    record = ListRecord().sends(5).sends(version, entry("A"), kind=kind, status=status)
    assert violating_frames(UPDATE, record) == frames


def test_an_update_of_a_list_that_may_be_lost_or_is_disabled_may_have_either_answer() -> None:
    lost = ListRecord().sends(5).boots().sends(4, kind="Differential")
    disabled = ListRecord().sends(5).sets(ENABLED, "false").sends(4, kind="Differential", status="Failed")
    assert violating_frames(UPDATE, lost) == []
    assert violating_frames(UPDATE, disabled) == []


# Authorization


PRE_AUTHORIZE = "AuthCtrlr.LocalPreAuthorize"


def test_the_station_sends_no_request_for_a_token_that_is_accepted_in_the_list() -> None:
    listed = ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A"), entry("B", "Blocked"))
    assert violating_frames(REQUEST, listed.authorizes("B").authorizes("C").authorizes("a")) == [8]


@pytest.mark.parametrize(
    "record",
    [
        ListRecord().sends(5, entry("A")),
        ListRecord().sets(PRE_AUTHORIZE, "false").sends(5, entry("A")),
        ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A")).sets(ENABLED, "false"),
        ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A")).boots(),
        ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A")).sends(6, entry("A", None), kind="Differential"),
        ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A")).sends(6),
        ListRecord().sets(PRE_AUTHORIZE, "true").sends(5, entry("A"), status="Failed"),
    ],
)
def test_the_station_may_send_one_if_the_list_is_not_used_or_may_not_have_the_token(record: ListRecord) -> None:
    assert violating_frames(REQUEST, record.authorizes("A")) == []


def test_a_token_that_is_refused_in_the_list_is_not_authorized_without_the_csms() -> None:
    listed = ListRecord().sends(5, entry("A"), entry("B", "Blocked"))
    assert violating_frames(EVENT, listed.reports("A").reports("C").reports("b")) == [6]
    accepted = ListRecord().sends(5, entry("B", "Blocked")).authorizes("B").reports("B")
    assert violating_frames(EVENT, accepted) == []
    refused = ListRecord().sends(5, entry("B", "Blocked")).authorizes("B", "Invalid").reports("B")
    assert violating_frames(EVENT, refused) == [4]


def test_it_may_be_authorized_by_a_remote_start_or_if_no_driver_has_to_be() -> None:
    listed = ListRecord().sends(5, entry("B", "Blocked"))
    assert violating_frames(EVENT, listed.reports("B", "RemoteStart")) == []
    without_authorization = ListRecord().sets("AuthCtrlr.Enabled", "false").sends(5, entry("B", "Blocked"))
    assert violating_frames(EVENT, without_authorization.reports("B")) == []
