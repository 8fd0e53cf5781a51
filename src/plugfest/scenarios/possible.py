"""Which steps of a scenario a product cannot do, found before the start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.scenarios.model import If, Iterations, Operate, PlacedStep, Scenario, Step, TokenSet, Wait, WaitForMessage
from plugfest.scenarios.walk import Driver, walk
from plugfest.station.control.commands import readable_token_types
from plugfest.station.control.measured_values import measurable_names
from plugfest.station.control.possible_waits import CONNECTOR_STATUSES
from plugfest.station.model.transactions.events import ChargingState
from plugfest.station.setup.version_behaviour import behaviour_of
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.toml_files.problems import InvalidFile, LocatedProblem, dotted

Need = Callable[[VirtualHardware, int, int], bool]


def _communicates(hardware: VirtualHardware, evse_id: int, _: int) -> bool:
    return evse_id in hardware.communications


def _has_bay(hardware: VirtualHardware, evse_id: int, _: int) -> bool:
    return hardware.evses[evse_id].bay is not None


def _has_lock(hardware: VirtualHardware, evse_id: int, connector_id: int) -> bool:
    return hardware.evses[evse_id].connectors[connector_id].retention_lock is not None


_NEEDS: Final[Mapping[str, tuple[Need, str]]] = {
    "park": (_has_bay, "parking bay sensor"),
    "leave": (_has_bay, "parking bay sensor"),
    "ev_prepare": (_communicates, "ISO 15118"),
    "ev_ordinary": (_communicates, "ISO 15118"),
    "ev_renegotiate": (_communicates, "ISO 15118"),
    "ev_stop": (_communicates, "ISO 15118"),
    "lock_jammed": (_has_lock, "retention lock"),
    "lock_mended": (_has_lock, "retention lock"),
}
"""What an operation needs at its connector."""


class _Impossible(Exception):
    """What is wrong, and what to do."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong, right)
        self.wrong = wrong
        self.right = right


def check_possible(scenario: Scenario, product: Product) -> None:
    """Raises InvalidFile with every step that the product cannot do, whatever happens. Others are refused as they run.

    For "any free" and "each" a step has to be possible at every EVSE.
    """
    checker = _Checker(scenario, product)
    found = dict.fromkeys(problem for placed, driver in walk(scenario) for problem in checker.problems(placed, driver))
    if found:
        raise InvalidFile.of(found)


class _Checker:
    def __init__(self, scenario: Scenario, product: Product) -> None:
        self._scenario = scenario
        self._product = product
        self._hardware = virtual_hardware(product)

    def problems(self, placed: PlacedStep, driver: Driver) -> Iterator[LocatedProblem]:
        try:
            self._check(placed.step, driver)
        except _Impossible as error:
            yield LocatedProblem(
                file=self._scenario.file,
                line=placed.line,
                key=f"{dotted(placed.key)}: {placed.do}",
                wrong=error.wrong,
                right=error.right,
            )

    def _check(self, step: Step, driver: Driver) -> None:
        match step:
            case Operate():
                self._check_operation(step, driver)
            case Wait() | If():
                self._check_condition(step, driver)
            case WaitForMessage(action=action):
                self._check_one_of(action, by_name(self._product.ocpp_version).requests, "action")
            case Iterations(evse=int(evse_id)):
                self._check_place(evse_id)

    def _check_operation(self, step: Operate, driver: Driver) -> None:
        arguments = step.arguments
        evse_id = arguments.get("evse_id")
        connector_id = arguments.get("connector_id", 1)
        assert isinstance(evse_id, int | None)
        assert isinstance(connector_id, int)
        places = self._places(evse_id, driver)
        for place in places:
            self._check_place(place, connector_id)
        if step.operation in _NEEDS:
            has, words = _NEEDS[step.operation]
            lacking = next((place for place in places if not has(self._hardware, place, connector_id)), None)
            if lacking is not None:
                raise _Impossible(f"EVSE {lacking} of {self._product.slug} has no {words}", "remove the step")
        if step.operation == "present_token":
            self._check_tokens(step, driver)
        elif step.operation == "press_start_button":
            self._check_type("NoAuthorization")
        elif step.operation == "choose" and self._hardware.display is None:
            raise _Impossible(f"{self._product.slug} has no display", "remove the step")
        elif step.operation == "set_measured_value":
            self._check_measured(f"{arguments['component']}.{arguments['variable']}", evse_id)

    def _places(self, evse_id: int | None, driver: Driver) -> Iterable[int]:
        """The EVSEs at which a step may be done."""
        place = driver.place if evse_id is None else evse_id
        if place is None:
            return ()
        return (place,) if isinstance(place, int) else tuple(self._hardware.evses)

    def _check_place(self, evse_id: int, connector_id: int = 1) -> None:
        if evse_id not in self._hardware.evses:
            self._refuse(f"no EVSE {evse_id}", self._hardware.evses)
        connectors = self._hardware.evses[evse_id].connectors
        if connector_id not in connectors:
            self._refuse(f"no connector {connector_id} at EVSE {evse_id}", connectors)

    def _refuse(self, what: str, known: Iterable[object]) -> None:
        raise _Impossible(f"{self._product.slug} has {what}", f"write one of {', '.join(map(str, known))}")

    def _check_tokens(self, step: Operate, driver: Driver) -> None:
        if "id_token" in step.arguments:
            kind = str(step.arguments.get("type", "ISO14443"))
            tokens = TokenSet(ids=(str(step.arguments["id_token"]),), type=kind)
        else:
            tokens = self._scenario.tokens[driver.tokens or ""]
        self._check_type(tokens.type)
        token_format = behaviour_of(self._product.ocpp_version).token_format
        for index in range(len(tokens)):
            problem = token_format.problem(tokens.at(index), tokens.type)
            if problem is not None:
                raise _Impossible(f'"{tokens.at(index)}" is not possible: {problem}', "write another token")

    def _check_type(self, kind: str) -> None:
        known = readable_token_types(self._product)
        if kind not in known:
            right = f"use a token of type {' or '.join(known)}" if known else "its CSMS has to start transactions"
            raise _Impossible(f"{self._product.slug} cannot read tokens of type {kind}", right)

    def _check_measured(self, name: str, evse_id: int | None) -> None:
        if evse_id is None:
            raise _Impossible(f"{name} is measured at an EVSE", "write evse_id")
        known = measurable_names(self._hardware.evses[evse_id])
        if name.casefold() not in (each.casefold() for each in known):
            raise _Impossible(f"{name} of EVSE {evse_id} cannot be set", f"write one of {', '.join(known)}")

    def _check_condition(self, step: Wait | If, driver: Driver) -> None:
        places = self._places(step.evse_id, driver)
        for place in places:
            self._check_place(place, step.connector_id or 1)
        self._check_one_of(step.connector_status, CONNECTOR_STATUSES[self._product.ocpp_version], "connector status")
        self._check_one_of(step.charging_state, tuple(ChargingState), "charging state")
        if step.display is not None and self._hardware.display is None:
            raise _Impossible(f"{self._product.slug} has no display", "remove the step")
        for place in places if step.state_of_charge is not None else ():
            if not self._hardware.evses[place].reports_state_of_charge:
                wrong = f"EVSE {place} of {self._product.slug} does not receive the state of charge"
                raise _Impossible(wrong, "wait for energy, power or a time instead")

    def _check_one_of(self, value: str | None, known: Iterable[str], what: str) -> None:
        if value is not None and value not in known:
            version = self._product.ocpp_version
            right = f"write one of {', '.join(map(str, known))}" if what != "action" else f"see OCPP {version}"
            raise _Impossible(f"OCPP {version} has no {what} {value}", right)
