"""Customer information, reported and cleared (N09, N10)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench

from plugfest.clock import run_simulated
from plugfest.hardware.ports import StoredData
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.n_diagnostics.rules import CustomerInformationStatus, decide_customer_information

TOKEN = t.IdTokenType(id_token="A", type=t.IdTokenEnumType.ISO14443)

CERTIFICATE = t.CertificateHashDataType(
    hash_algorithm=t.HashAlgorithmEnumType.SHA256, issuer_name_hash="0", issuer_key_hash="0", serial_number="0"
)


class CustomerBench(StationBench):
    """A bench that requests customer information."""

    async def ask(self, request_id: int = 1, *, report: bool = False, clear: bool = False, **customer: Any) -> str:
        request = m.CustomerInformationRequest(request_id=request_id, report=report, clear=clear, **customer)
        return (await self.csms.call(request)).status.value

    def parts(self, request_id: int) -> list[m.NotifyCustomerInformationRequest]:
        return [each for each in self.csms.all(m.NotifyCustomerInformationRequest) if each.request_id == request_id]

    async def information(self, request_id: int = 1) -> str:
        """The parts as one text."""
        await self.csms.until(lambda: any(each.tbc is not True for each in self.parts(request_id)))
        assert [each.seq_no for each in self.parts(request_id)] == list(range(len(self.parts(request_id))))
        return "".join(each.data for each in self.parts(request_id))

    async def charge(self) -> None:
        self.hardware.plug_in(1, 1)
        self.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(30)

    async def leave(self) -> None:
        self.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(5)
        self.hardware.unplug(1, 1)
        await asyncio.sleep(5)


def run_on_bench(body: Callable[[CustomerBench], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with powered_station(claiming={"C-49": True, "C-53": True}, **settings) as (station, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await body(CustomerBench(station, csms))

    run_simulated(run())


def test_information_about_a_token_is_reported_and_cleared() -> None:
    async def body(bench: CustomerBench) -> None:
        await bench.charge()
        assert await bench.ask(1, report=True, id_token=TOKEN) == "Accepted"  # N09.FR.02
        known = json.loads(await bench.information(1))
        assert known["authorizationCache"]["status"] == "Accepted"  # N09.FR.05
        assert len(known["transactions"]) == 1
        await bench.leave()
        assert await bench.ask(2, report=True, clear=True, id_token=TOKEN) == "Accepted"
        assert json.loads(await bench.information(2)).keys() == {"authorizationCache"}  # N10.FR.03
        assert await bench.ask(3, report=True, id_token=TOKEN) == "Accepted"
        assert await bench.information(3) == ""  # N09.FR.06

    run_on_bench(body)


def test_clearing_without_a_report_is_confirmed() -> None:
    async def body(bench: CustomerBench) -> None:
        assert await bench.ask(clear=True, id_token=TOKEN) == "Accepted"
        assert await bench.information() == "The data was cleared."  # N10.FR.06
        await asyncio.sleep(60)
        assert len(bench.parts(1)) == 1

    run_on_bench(body)


def test_stored_customer_data_is_reported_in_parts() -> None:
    async def body(bench: CustomerBench) -> None:
        assert await bench.ask(1, report=True, clear=True, customer_identifier="jane") == "Accepted"
        assert json.loads(await bench.information(1)) == {"customer": "é" * 1000}
        assert [each.tbc for each in bench.parts(1)] == [True, False]
        assert await bench.ask(2, report=True, customer_identifier="jane") == "Accepted"
        assert await bench.information(2) == ""

    run_on_bench(body, customers={"jane": "é" * 1000})


def test_data_that_a_fault_makes_unavailable_are_neither_reported_nor_cleared() -> None:
    async def body(bench: CustomerBench) -> None:
        bench.hardware.set_available(StoredData.CUSTOMERS, available=False)
        assert await bench.ask(1, report=True, customer_identifier="jane") == "Rejected"  # N09.FR.03
        assert await bench.ask(2, report=True, clear=True, customer_identifier="jane") == "Rejected"  # N10.FR.05
        await asyncio.sleep(10)
        assert not bench.parts(1)
        assert not bench.parts(2)
        bench.hardware.set_available(StoredData.CUSTOMERS, available=True)
        assert await bench.ask(3, report=True, customer_identifier="jane") == "Accepted"
        assert json.loads(await bench.information(3)) == {"customer": "pays in cash"}

    run_on_bench(body, customers={"jane": "pays in cash"})


def test_there_is_no_information_by_a_certificate_that_was_not_presented() -> None:
    async def body(bench: CustomerBench) -> None:
        await bench.charge()
        assert await bench.ask(report=True, customer_certificate=CERTIFICATE) == "Accepted"
        assert await bench.information() == ""  # N09.FR.06

    run_on_bench(body)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"report": True}, "Invalid"),
        ({"report": True, "id_token": TOKEN, "customer_identifier": "jane"}, "Invalid"),  # N09.FR.09
        ({"id_token": TOKEN}, "Rejected"),  # N09.FR.07
    ],
    ids=["no customer", "two customers", "neither report nor clear"],
)
def test_a_request_must_name_one_customer_and_report_or_clear(request_: dict[str, Any], status: str) -> None:
    async def body(bench: CustomerBench) -> None:
        assert await bench.ask(**request_) == status
        await asyncio.sleep(10)
        assert not bench.parts(1)

    run_on_bench(body)


@pytest.mark.parametrize(
    ("references", "available", "report", "expected"),
    [
        ([], True, True, (CustomerInformationStatus.INVALID, "MissingParam")),
        ([], False, True, (CustomerInformationStatus.INVALID, "MissingParam")),
        ([TOKEN, CERTIFICATE], True, True, (CustomerInformationStatus.INVALID, "InvalidValue")),  # N09.FR.09
        ([TOKEN], True, False, (CustomerInformationStatus.REJECTED, "InvalidValue")),  # N09.FR.07
        ([TOKEN], False, True, (CustomerInformationStatus.REJECTED, "InternalError")),  # N09.FR.03
        ([TOKEN], True, True, (CustomerInformationStatus.ACCEPTED, "")),
    ],
)
def test_a_refused_request_has_its_reason_code(
    references: list[object], available: bool, report: bool, expected: tuple[CustomerInformationStatus, str]
) -> None:
    decision = decide_customer_information(references, available=available, report=report, clear=False)
    assert (decision.status, decision.reason) == expected


def test_the_reason_code_of_a_refused_request_is_sent() -> None:
    async def body(bench: CustomerBench) -> None:
        answer = await bench.csms.call(m.CustomerInformationRequest(request_id=1, report=True, clear=False))
        info = given(answer.status_info)
        assert info is not None
        assert info.reason_code == "MissingParam"

    run_on_bench(body)
