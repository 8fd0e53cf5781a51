"""Why an EV cannot use plug and charge: in words, for the console and the control API."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.station.blocks.iso15118.iso15118_bench import EMAID, Iso15118Bench, pki, run_iso15118
from tests.station.blocks.iso15118.test_c_contract_certificates import answer

from plugfest.clock import utc_now
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.pki import CertificateFault
from plugfest.station.blocks.c_authorization.rules import OfferConditions, offer_problem
from plugfest.station.control.commands import Control

A_WEEK = 7 * 24 * 3600.0
"""Seconds after which the station asks for an OCSP status again (M06.FR.10)."""

Body = Callable[[Iso15118Bench], Awaitable[None]]


async def ready(bench: Iso15118Bench) -> None:
    await bench.ready()


async def nothing_installed(bench: Iso15118Bench) -> None:
    pass


async def without_mo_root(bench: Iso15118Bench) -> None:
    await bench.ready(mo_root=False)


async def with_another_root(bench: Iso15118Bench) -> None:
    await bench.install("V2GRootCertificate", "Another")
    await bench.renew("Another")


async def offline(bench: Iso15118Bench) -> None:
    await bench.ready()
    bench.station.network_off()


async def revoked(bench: Iso15118Bench) -> None:
    await bench.ready()
    answer(bench, "Accepted", "CertificateRevoked")


async def blocked(bench: Iso15118Bench) -> None:
    await bench.ready()
    bench.statuses[EMAID] = "Blocked"


def contract(emaid: str = EMAID, fault: CertificateFault | None = None) -> str:
    return pki("MO").contract(emaid, fault=fault).chain


CASES: dict[str, tuple[Body, str, dict[str, str], str]] = {
    "plug and charge is off": (ready, contract(), {"ISO15118Ctrlr__PnCEnabled": "false"}, "PnCEnabled is false"),
    "no V2G certificate": (nothing_installed, contract(), {}, "no V2G certificate.*SignV2GCertificate"),
    "offline": (offline, contract(), {"ISO15118Ctrlr__ContractValidationOffline": "false"}, "the station is offline"),
    "the EV refuses": (with_another_root, contract(), {}, "the EV refuses .*: no path to a trusted root: from SECC"),
    "expired": (ready, contract(fault=CertificateFault.EXPIRED), {}, f"expired: {EMAID}"),
    "no root": (without_mo_root, contract(), {}, "the root .*MO Root CA.* is not installed"),
    "revoked": (revoked, contract(), {}, f"contract {EMAID}: the CSMS answers Accepted, .*CertificateRevoked"),
    "blocked": (blocked, contract(), {}, "the CSMS answers Blocked"),
    "no certificate": (ready, "no certificate", {}, "not a certificate in PEM"),
    "long eMAID": (ready, contract("X" * 40), {}, "the eMAID .*40 characters"),
    "eMAID with a space": (ready, contract("DE 8AA C12345678"), {}, "the eMAID .*character that is not allowed"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_reason_is_reported_once_and_is_in_the_state(name: str) -> None:
    prepare, chain, variables, expected = CASES[name]

    async def body(bench: Iso15118Bench) -> None:
        problems: list[str] = []
        running = bench.station.station
        assert running is not None
        running.context.lifecycle.iso15118_problem.add(problems.append)
        await prepare(bench)
        bench.plug_in_with_contract(chain)
        await asyncio.sleep(15)
        (problem,) = (one for one in problems if "at EVSE" in one)
        assert re.search(f"no plug and charge at EVSE 1: .*{expected}", problem)
        (evse,) = Control(bench.station, bench.hardware).state().evses
        assert evse.contract_problem is not None
        assert problem.endswith(evse.contract_problem)

    run_iso15118(body, **variables)


def test_a_contract_that_charges_has_no_problem() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.plug_in_with_contract()
        await asyncio.sleep(15)
        assert Control(bench.station, bench.hardware).state().evses[0].contract_problem is None

    run_iso15118(body)


def test_an_ev_refuses_a_station_whose_certificate_is_revoked() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        pki("V2G").responder.revoke(certificates_from_pem(await bench.renew())[0], utc_now())
        await asyncio.sleep(A_WEEK + 3600)
        bench.plug_in_with_contract()
        await asyncio.sleep(15)
        problem = Control(bench.station, bench.hardware).state().evses[0].contract_problem
        assert problem == "the EV refuses the V2G certificate of the station: the OCSP status of SECC is revoked"
        assert bench.authorizes == []

    run_iso15118(body)


def test_a_status_that_the_csms_does_not_have_is_reported() -> None:
    async def body(bench: Iso15118Bench) -> None:
        problems: list[str] = []
        running: Any = bench.station.station
        running.context.lifecycle.iso15118_problem.add(problems.append)
        bench.ocsp_failures = True
        await bench.ready()
        await asyncio.sleep(15)
        assert len(problems) == 3  # the certificate and the two sub-CAs
        assert all(re.fullmatch(r"OCSP status .* serial number [0-9a-f]+: the CSMS has none", one) for one in problems)

    run_iso15118(body)


@given(st.builds(OfferConditions, enabled=..., online=..., offline_validation=..., certified=...))
def test_plug_and_charge_is_offered_exactly_if_nothing_is_missing(conditions: OfferConditions) -> None:
    possible = conditions.enabled and conditions.certified and (conditions.online or conditions.offline_validation)
    assert (offer_problem(conditions) is None) is possible
