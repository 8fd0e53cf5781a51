"""What a virtual station can do wrong on demand, as a list that is searched."""

from collections.abc import Collection, Sequence

import msgspec

from plugfest.ocpp.near_actions import near_action
from plugfest.ocpp.versions import V16, V201
from plugfest.products import Product
from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.faults import KINDS, FaultKind
from plugfest.rig.misbehaviour.wrong_stations import Suitability, WrongStation, wrong_stations


class Row(msgspec.Struct, frozen=True):
    """A misbehaviour as it is listed. The field names are the keys of the JSON.

    `kind`: wrong station or transport fault. Only a wrong station has an OCPP version, messages, a requirement and
    cases, only a transport fault has parameters.
    """

    id: str
    kind: str
    does: str
    ocpp_version: str | None = None
    messages: tuple[str, ...] = ()
    requirement: str | None = None
    cases: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def listed(
    product: Product | None = None,
    message: str | None = None,
    requirement: str | None = None,
    words: Collection[str] = (),
) -> list[Row]:
    """What a product can do wrong, or any product: transport faults first, which concern every message.

    `message`: only wrong stations that show their defect in it. `requirement`: only those that violate it, such as
    E01.FR.07 or E01. `words`: all of them are in the id, in what it does, or in the name of a message. Raises
    MisbehaviourError for a message that OCPP does not have.
    """
    if message is not None:
        _check_message(message)
    rows = [_of_fault(each) for each in KINDS.values()] if message is None and requirement is None else []
    rows += [_of_wrong_station(each) for each in _chosen(product, message, requirement)]
    wanted = [word.lower() for word in words]
    return [row for row in rows if all(word in _searched(row) for word in wanted)]


def _chosen(product: Product | None, message: str | None, requirement: str | None) -> Sequence[WrongStation]:
    every: Sequence[WrongStation] = wrong_stations()
    if product is not None:
        every = Suitability(product).fitting(every)
    return [
        each
        for each in every
        if (message is None or message in each.messages) and (requirement is None or _violates(each, requirement))
    ]


def _violates(wrong: WrongStation, requirement: str) -> bool:
    """Whether it violates the requirement, or one of the use case."""
    wanted = requirement.lower()
    own = (each.strip().lower() for each in wrong.requirement.split(","))
    return any(each == wanted or each.startswith(f"{wanted}.") for each in own)


def _check_message(message: str) -> None:
    known = {*V16.requests, *V201.requests}
    if message not in known:
        raise MisbehaviourError(f"{message}: OCPP has no such message{near_action(message, known)}")


def _searched(row: Row) -> str:
    return " ".join((row.id, row.does, *row.messages)).lower()


def _of_fault(fault: FaultKind) -> Row:
    return Row(fault.name, "transport fault", fault.does, parameters=fault.parameters)


def _of_wrong_station(wrong: WrongStation) -> Row:
    return Row(
        wrong.id, "wrong station", wrong.does, wrong.ocpp_version, wrong.messages, wrong.requirement, wrong.cases
    )
