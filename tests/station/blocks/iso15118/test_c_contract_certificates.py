"""Plug and charge: contract certificates (C07), their installation (M01, M02), and the end by the EV (E15)."""

import asyncio
import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.station.blocks.iso15118.iso15118_bench import EMAID, Iso15118Bench, pki, run_iso15118

from plugfest.hardware.communication import CertificateAction
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem
from plugfest.security.pki import CertificateFault
from plugfest.station.blocks.c_authorization.rules import (
    ContractCheck,
    ContractSettings,
    Validity,
    decide_contract,
    is_accepted,
    read_contract,
)

SESSION = 15.0
"""Seconds in which the EV has begun its session, is authorized and charges."""

NOW = datetime.now(UTC)


async def presented(bench: Iso15118Bench, seconds: float = SESSION) -> None:
    bench.plug_in_with_contract()
    await asyncio.sleep(seconds)


def charging(bench: Iso15118Bench) -> bool:
    return bench.hardware.evses[1].meter.read().power > 0


def answer(bench: Iso15118Bench, status: str, certificate_status: str) -> None:
    bench.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(
        id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType(status)),
        certificate_status=t.AuthorizeCertificateStatusEnumType(certificate_status),
    )


def test_a_contract_is_authorized_with_its_emaid_and_the_data_for_ocsp() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        contract = pki("MO").contract(EMAID).chain
        bench.plug_in_with_contract(contract)
        await asyncio.sleep(SESSION)
        (request,) = bench.authorizes
        assert (request.id_token.id_token, request.id_token.type) == (EMAID, "eMAID")
        assert request.certificate is UNSET
        assert isinstance(request.iso15118_certificate_hash_data, list)
        numbers = [data.serial_number for data in request.iso15118_certificate_hash_data]
        assert numbers == [f"{one.serial_number:x}" for one in certificates_from_pem(contract)]
        assert charging(bench)
        assert [each.id_token.id_token for each in bench.events if each.id_token is not UNSET] == [EMAID]

    run_iso15118(body)


@pytest.mark.parametrize(
    ("status", "certificate_status"),
    [("Invalid", "ContractCancelled"), ("Invalid", "CertificateRevoked"), ("Accepted", "CertificateExpired")],
)
def test_a_contract_that_the_csms_refuses_does_not_charge(status: str, certificate_status: str) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        answer(bench, status, certificate_status)
        await presented(bench)
        assert len(bench.authorizes) == 1
        assert not charging(bench)
        assert "Authorized" not in [each.trigger_reason for each in bench.events]

    run_iso15118(body)


@pytest.mark.parametrize("fault", [CertificateFault.EXPIRED, CertificateFault.NOT_YET_VALID])
def test_an_invalid_contract_does_not_charge_whatever_the_csms_answers(fault: CertificateFault) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        answer(bench, "Accepted", "Accepted")
        bench.plug_in_with_contract(pki("MO").contract(EMAID, fault=fault).chain)
        await asyncio.sleep(SESSION)
        assert not charging(bench)

    run_iso15118(body)


@pytest.mark.parametrize("central", [True, False])
def test_a_contract_without_an_installed_root_is_validated_centrally_or_not_at_all(central: bool) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready(mo_root=False)
        answer(bench, "Accepted", "Accepted")
        contract = pki("MO").contract(EMAID).chain
        bench.plug_in_with_contract(contract)
        await asyncio.sleep(SESSION)
        (request,) = bench.authorizes
        assert (request.certificate == contract) is central  # C07.FR.06
        assert charging(bench) is central

    run_iso15118(body, ISO15118Ctrlr__CentralContractValidationAllowed=str(central).lower())


def test_without_plug_and_charge_the_driver_identifies_at_the_station() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented(bench)
        assert bench.authorizes == []
        bench.hardware.present_token("04A1B2C3", "ISO14443", 1)
        await asyncio.sleep(SESSION)
        assert [each.id_token.id_token for each in bench.authorizes] == ["04A1B2C3"]
        assert charging(bench)

    run_iso15118(body, ISO15118Ctrlr__PnCEnabled="false")


def test_an_ev_that_does_not_trust_the_station_does_not_present_its_contract() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.install("V2GRootCertificate", "Another")
        await bench.renew("Another")
        await presented(bench)
        assert bench.authorizes == []

    run_iso15118(body)


def test_a_driver_who_is_authorized_already_needs_no_contract() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.hardware.present_token("04A1B2C3", "ISO14443", 1)
        await asyncio.sleep(1)
        await presented(bench)
        assert [each.id_token.id_token for each in bench.authorizes] == ["04A1B2C3"]
        assert charging(bench)

    run_iso15118(body)


# Offline


async def presented_offline(bench: Iso15118Bench) -> None:
    bench.station.network_off()
    await presented(bench)


@pytest.mark.parametrize("allowed", [True, False])
def test_offline_an_unknown_contract_charges_if_the_station_validates_contracts(allowed: bool) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented_offline(bench)
        assert charging(bench) is allowed  # C07.FR.07, C07.FR.12

    run_iso15118(
        body,
        ISO15118Ctrlr__ContractValidationOffline=str(allowed).lower(),
        AuthCtrlr__OfflineTxForUnknownIdEnabled="true",
        AuthCtrlr__LocalAuthorizeOffline="true",
    )


def test_offline_a_contract_without_an_installed_root_does_not_charge() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready(mo_root=False)
        await presented_offline(bench)
        assert not charging(bench)  # C07.FR.08

    run_iso15118(body, AuthCtrlr__OfflineTxForUnknownIdEnabled="true")


@pytest.mark.parametrize(("status", "charges"), [("Accepted", True), ("Blocked", False)])
def test_offline_a_contract_charges_as_it_is_cached(status: str, charges: bool) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.statuses[EMAID] = status
        await presented(bench)
        if charges:
            bench.hardware.ev_stop(1)
        await asyncio.sleep(5)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(5)
        await presented_offline(bench)
        assert charging(bench) is charges  # C07.FR.11

    run_iso15118(body, AuthCtrlr__OfflineTxForUnknownIdEnabled="false", AuthCtrlr__LocalAuthorizeOffline="true")


# M01, M02


@pytest.mark.parametrize("action", CertificateAction)
def test_a_certificate_request_of_the_ev_is_forwarded_and_then_the_contract_presented(
    action: CertificateAction,
) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.exi_answers = [accepted()]
        bench.plug_in_with_contract(request=action)
        await asyncio.sleep(SESSION)
        (request,) = bench.csms.all(m.Get15118EVCertificateRequest)
        assert request.action_ == action.value
        assert request.iso15118_schema_version == "urn:iso:15118:2:2013:MsgDef"
        assert base64.b64decode(request.exi_request)
        assert len(bench.authorizes) == 1

    run_iso15118(body)


def accepted() -> m.Get15118EVCertificateResponse:
    return m.Get15118EVCertificateResponse(
        status=t.Iso15118EVCertificateStatusEnumType.Accepted, exi_response=base64.b64encode(b"exi").decode()
    )


def failed(exi: str = "") -> m.Get15118EVCertificateResponse:
    return m.Get15118EVCertificateResponse(status=t.Iso15118EVCertificateStatusEnumType.Failed, exi_response=exi)


@pytest.mark.parametrize("response", [failed(), failed("ZXhp")])
def test_a_failure_of_the_csms_is_a_failure_for_the_ev(response: m.Get15118EVCertificateResponse) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.exi_answers = [response]
        bench.plug_in_with_contract(request=CertificateAction.INSTALL)
        await asyncio.sleep(SESSION)
        assert bench.authorizes == []

    run_iso15118(body)


def test_without_contract_certificate_installation_the_ev_presents_the_contract_that_it_has() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        bench.plug_in_with_contract(request=CertificateAction.UPDATE)
        await asyncio.sleep(SESSION)
        assert bench.csms.all(m.Get15118EVCertificateRequest) == []
        assert len(bench.authorizes) == 1

    run_iso15118(body, ISO15118Ctrlr__ContractCertificateInstallationEnabled="false")


# E15, F04


@pytest.mark.parametrize("stop", ["Authorized", "PowerPathClosed"])
def test_the_end_by_the_ev_ends_the_transaction(stop: str) -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented(bench)
        bench.hardware.ev_stop(1)
        await asyncio.sleep(5)
        assert bench.transcript()[-1] == "Ended StopAuthorized EVConnected because StoppedByEV"  # E15.FR.04
        assert not charging(bench)

    run_iso15118(body, TxCtrlr__TxStopPoint=stop)


def test_the_end_by_the_ev_updates_a_transaction_that_goes_on() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented(bench)
        bench.hardware.ev_stop(1)
        await asyncio.sleep(5)
        assert bench.transcript()[-1] == "Updated StopAuthorized EVConnected"  # E15.FR.05

    run_iso15118(body, TxCtrlr__TxStopPoint="EVConnected")


def test_a_remote_stop_ends_the_session_of_the_ev() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented(bench)
        transaction_id = bench.events[0].transaction_info.transaction_id
        await bench.csms.call(m.RequestStopTransactionRequest(transaction_id=transaction_id))
        await asyncio.sleep(5)
        assert bench.transcript()[-1].startswith("Ended RemoteStop")
        assert not charging(bench)

    run_iso15118(body, TxCtrlr__TxStopPoint="Authorized")


def test_an_ev_begins_its_session_again_after_a_power_loss() -> None:
    async def body(bench: Iso15118Bench) -> None:
        await bench.ready()
        await presented(bench)
        await bench.station.lose_power()
        bench.hardware.power_off()
        bench.station.power_on()
        await bench.csms.expect(m.BootNotificationRequest, 2)
        await asyncio.sleep(60)
        assert len(bench.authorizes) == 2
        assert charging(bench)

    run_iso15118(body)


# The rules


def test_a_chain_without_an_emaid_is_no_contract() -> None:
    with pytest.raises(InvalidCertificate):
        read_contract("no certificate", [], NOW)


@given(
    st.sampled_from(list(Validity)),
    st.builds(ContractSettings, central=st.booleans(), offline=st.booleans()),
    st.booleans(),
)
def test_a_contract_is_checked_with_the_csms_exactly_when_the_station_is_online(
    validity: Validity, settings: ContractSettings, online: bool
) -> None:
    check = decide_contract(validity, settings, online=online)
    assert (check in (ContractCheck.BY_HASHES, ContractCheck.BY_CERTIFICATE)) is online  # C07.FR.01


@given(st.sampled_from(list(Validity)), st.booleans(), st.sampled_from(["Accepted", "CertificateRevoked", None]))
def test_no_answer_makes_an_unvalidated_contract_valid(
    validity: Validity, token_accepted: bool, status: str | None
) -> None:
    by_hashes = is_accepted(ContractCheck.BY_HASHES, validity, token_accepted=token_accepted, certificate_status=status)
    assert not by_hashes or (validity is Validity.VALID and token_accepted and status != "CertificateRevoked")
