"""The local authorization list is the one that the CSMS has sent: its version, its updates, and who it authorizes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

NO_LIST = 0
"""The version if there is no list (D02.FR.02, D02.FR.03)."""

BEFORE_CASE = -1
"""A frame before the first one of a case."""

ACCEPTED = "Accepted"

ENABLED = "localauthlistctrlr.enabled"
PRE_AUTHORIZE = "authctrlr.localpreauthorize"
AUTHORIZES = "authctrlr.enabled"
SETTINGS = (ENABLED, PRE_AUTHORIZE, AUTHORIZES)
"""The variables on which the use of the list depends, in lower case."""

Key = tuple[str, str]
"""A token: its idToken in lower case, and its type. C01.FR.25"""


class ListState(msgspec.Struct, frozen=True):
    """What the lab knows about the list at one moment. `versions` are those that it may have, none if not known.

    `entries`: the status by token, None if not known. `settings`: the values that the lab has set, by variable.
    """

    versions: frozenset[int] = frozenset()
    entries: Mapping[Key, str] | None = None
    settings: Mapping[str, str] = {}

    @property
    def enabled(self) -> bool | None:
        value = self.settings.get(ENABLED)
        return None if value is None else value == "true"

    @property
    def used(self) -> Mapping[Key, str]:
        """The entries that authorize, as far as they are known: none where no driver has to be authorized."""
        used = self.enabled and self.settings.get(AUTHORIZES) != "false"
        return self.entries if self.entries is not None and used else {}


class Step(NamedTuple):
    """An exchange, and what was known before it."""

    exchange: Exchange
    state: ListState


def local_list_rules() -> tuple[Rule, ...]:
    """The rules for one campaign."""
    steps = _History().steps

    def rule(name: str, requirement: str, judge: Callable[[Sequence[Step]], Iterator[Violation]]) -> Rule:
        return Rule(name, requirement, lambda evidence: judge(evidence.derived(steps)))

    return (
        rule("version of the local list", "D02.FR.01, D02.FR.02, D02.FR.03", _judge_versions),
        rule("VersionMismatch only for an older version", "D01.FR.15, D01.FR.19", _judge_updates),
        rule("no AuthorizeRequest for an accepted token in the list", "C14.FR.02", _judge_requests),
        rule("no authorization of a refused token in the list", "C13.FR.01, C13.FR.02, C13.FR.04", _judge_events),
    )


class _History:
    """What the lab knows about the list in the course of a campaign."""

    def __init__(self) -> None:
        self._state = ListState()

    def steps(self, evidence: Evidence) -> tuple[Step, ...]:
        """The steps of the next case."""
        steps = []
        previous = BEFORE_CASE
        for exchange in evidence.exchanges:
            if evidence.commissioned(previous, exchange):
                self._state = ListState()
            previous = exchange.frame
            steps.append(Step(exchange, self._state))
            self._state = _after(exchange, self._state)
        return tuple(steps)


def _judge_versions(steps: Sequence[Step]) -> Iterator[Violation]:
    for exchange, state in steps:
        if isinstance(exchange.response, m.GetLocalListVersionResponse):
            version = exchange.response.version_number
            possible = frozenset({NO_LIST}) if state.enabled is False else state.versions
            if possible and version not in possible:
                expected = f"GetLocalListVersionResponse.versionNumber {_listed(possible)}"
                yield Violation(expected, str(version), exchange.answered_in)


def _judge_updates(steps: Sequence[Step]) -> Iterator[Violation]:
    for exchange, state in steps:
        request, response = exchange.request, exchange.response
        if not isinstance(request, m.SendLocalListRequest) or not isinstance(response, m.SendLocalListResponse):
            continue
        mismatch = response.status == "VersionMismatch"
        due = _mismatch_due(request, state)
        if due is not None and mismatch is not due:
            what = f"a {request.update_type} update with version {request.version_number}"
            expected = f"SendLocalListResponse.status {'' if due else 'other than '}VersionMismatch to {what}"
            known = f"; the version of the list is {_listed(state.versions)}" if state.versions else ""
            yield Violation(expected + known, response.status, exchange.answered_in)


def _mismatch_due(request: m.SendLocalListRequest, state: ListState) -> bool | None:
    """Whether VersionMismatch is the right answer; None if that is not known."""
    if request.update_type == "Full":
        return False
    older = {request.version_number <= version for version in state.versions}
    return older.pop() if len(older) == 1 and state.enabled is not False else None


def _judge_requests(steps: Sequence[Step]) -> Iterator[Violation]:
    for exchange, state in steps:
        if not isinstance(exchange.request, m.AuthorizeRequest) or state.settings.get(PRE_AUTHORIZE) != "true":
            continue
        if state.used.get(_key(exchange.request.id_token)) == ACCEPTED:
            expected = "no AuthorizeRequest for a token that is accepted in the list while LocalPreAuthorize is true"
            yield Violation(expected, f"idToken {exchange.request.id_token.id_token}", exchange.frame)


def _judge_events(steps: Sequence[Step]) -> Iterator[Violation]:
    """An answer of the CSMS in the case may have authorized the token."""
    authorized = set[Key]()
    for exchange, state in steps:
        match exchange.request:
            case m.AuthorizeRequest(id_token=id_token) if _accepts(exchange.response):
                authorized.add(_key(id_token))
            case m.TransactionEventRequest(trigger_reason="Authorized") as event:
                found = given(event.id_token)
                status = None if found is None else state.used.get(_key(found))
                if found is not None and status not in (None, ACCEPTED) and _key(found) not in authorized:
                    expected = (
                        f"no triggerReason Authorized for idToken {found.id_token}, which is {status} in the list,"
                        " without an AuthorizeResponse Accepted"
                    )
                    yield Violation(expected, "sent", exchange.frame)


def _accepts(response: object) -> bool:
    return isinstance(response, m.AuthorizeResponse) and response.id_token_info.status == ACCEPTED


def _listed(versions: Iterable[int]) -> str:
    return " or ".join(str(version) for version in sorted(versions, reverse=True))


def _after(exchange: Exchange, state: ListState) -> ListState:
    match exchange.request:
        case m.SendLocalListRequest() as request:
            return _updated(request, exchange.response, state)
        case m.SetVariablesRequest() as request:
            return _configured(request, exchange.response, state)
        case m.BootNotificationRequest(reason=reason) if reason != "Triggered":
            return _may_be_lost(state)
        case m.UpdateFirmwareRequest():
            return ListState(settings=state.settings)
    return state


def _updated(request: m.SendLocalListRequest, response: object, state: ListState) -> ListState:
    if not isinstance(response, m.SendLocalListResponse):
        return ListState(settings=state.settings)  # it may have been accepted
    if response.status != ACCEPTED:
        return state
    entries = {} if request.update_type == "Full" else None if state.entries is None else dict(state.entries)
    for entry in given(request.local_authorization_list) or ():
        info = given(entry.id_token_info)
        if entries is not None and info is None:
            entries.pop(_key(entry.id_token), None)
        elif entries is not None and info is not None:
            entries[_key(entry.id_token)] = str(info.status)
    return ListState(frozenset({request.version_number}), entries, {**state.settings, ENABLED: "true"})


def _configured(request: m.SetVariablesRequest, response: object, state: ListState) -> ListState:
    """A value that the station has not accepted, or that takes effect later, is not known."""
    results = response.set_variable_result if isinstance(response, m.SetVariablesResponse) else []
    accepted = {_name(each) for each in results if each.attribute_status == ACCEPTED}
    rejected = {_name(each) for each in results if each.attribute_status == "Rejected"}
    settings, versions = dict(state.settings), state.versions
    for data in request.set_variable_data:
        name = _name(data)
        if name not in SETTINGS or name in rejected:
            continue
        if name == ENABLED and versions:
            versions |= {NO_LIST}  # a list that is not enabled does not exist (D02, remark)
        if name in accepted:
            settings[name] = data.attribute_value.lower()
        else:
            settings.pop(name, None)
    return ListState(versions, state.entries, settings)


def _may_be_lost(state: ListState) -> ListState:
    """D01.FR.10 only recommends that the list is kept over a reboot."""
    return ListState(state.versions and state.versions | {NO_LIST}, None, state.settings)


def _name(item: t.SetVariableDataType | t.SetVariableResultType) -> str:
    return str(Variable.of(item.component, item.variable)).lower()


def _key(id_token: t.IdTokenType) -> Key:
    return id_token.id_token.lower(), str(id_token.type)
