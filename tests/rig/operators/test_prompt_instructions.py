"""What the operator at a terminal is asked to do."""

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.rig.operators.pipe_terminal import Terminal, listening

from plugfest import clock
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.ports import Commissioning, OperatorDriver
from plugfest.lab.settings import Token
from plugfest.lab.verdict import OperatorFailed
from plugfest.products import load_product
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.pki_folder import PkiFolder
from plugfest.security.keys import CertifiedKey
from plugfest.security.pki import TestPki
from plugfest.security.profile import SecurityProfile

ROOT = TestPki(clock.TEST_START).root_pem


def instruction(
    terminal: Terminal, action: Callable[[OperatorDriver], Awaitable[None]], pki_folder: PkiFolder | None = None
) -> str:
    """The printed instruction for an action."""

    async def scenario() -> None:
        async with listening(terminal) as prompt:
            await action(PromptOperator(load_product("reference-ac-fixed"), prompt, pki_folder))

    terminal.write("\n")
    clock.run_simulated(scenario())
    return terminal.printed[0].removeprefix("[1] ").split("\n    60 s for it")[0]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (lambda operator: operator.plug_in(1, 1), "Connect an EV to connector 1 of EVSE 1 (cType2, fixed cable)."),
        (lambda operator: operator.plug_in(9, 1), "Connect an EV to connector 1 of EVSE 9."),
        (
            lambda operator: operator.plug_in(9, 1, seated=False),
            "Connect an EV to connector 1 of EVSE 9, but insert the plug only halfway into the socket.",
        ),
        (
            lambda operator: operator.jam_lock(9, 1, jammed=True),
            "Block the lock of connector 1 of EVSE 9, so that it cannot unlock.",
        ),
        (lambda operator: operator.jam_lock(9, 1, jammed=False), "Unblock the lock of connector 1 of EVSE 9."),
        (
            lambda operator: operator.set_measured_value("EVSE", "Power", 1, 80.0),
            "Make the station measure 80 for EVSE.Power of EVSE 1.",
        ),
        (
            lambda operator: operator.set_measured_value("ElectricalFeed", "ACVoltage", None, None),
            "Let ElectricalFeed.ACVoltage return to its normal value.",
        ),
        (
            lambda operator: operator.unplug(1, 1, side="ev"),
            "Unplug the cable of connector 1 of EVSE 1 (cType2, fixed cable) from the EV. Leave it plugged in at the"
            " station.",
        ),
        (
            lambda operator: operator.present_token(Token("04A1", "ISO14443"), 1),
            "Present the ISO14443 token 04A1 to the reader of EVSE 1.",
        ),
        (lambda operator: operator.present_token(Token("1234", "KeyCode"), 1), "Enter the code 1234 at EVSE 1."),
        (lambda operator: operator.present_token(Token("", "NoAuthorization"), 1), "Press the start button of EVSE 1."),
        (lambda operator: operator.park(1), "Drive an EV into the parking bay of EVSE 1."),
        (lambda operator: operator.leave(1), "Drive the EV out of the parking bay of EVSE 1."),
        (lambda operator: operator.ev_suspend(1), "Make the EV at EVSE 1 stop charging, without unplugging it."),
        (lambda operator: operator.ev_resume(1), "Make the EV at EVSE 1 resume charging."),
        (lambda operator: operator.ev_prepare(1, None), "Use an EV without ISO 15118 at EVSE 1 from now on."),
        (
            lambda operator: operator.ev_renegotiate(1, energy=5000, departure=60),
            "Make the EV at EVSE 1 renegotiate its charging schedule: 5000 Wh, departure in 60 s.",
        ),
        (lambda operator: operator.ev_stop(1), "End the charging session in the EV at EVSE 1, without unplugging it."),
        (
            lambda operator: operator.fault(1, 1, present=True),
            "Cause a fault of connector 1 of EVSE 1 (cType2, fixed cable).",
        ),
        (
            lambda operator: operator.choose_sessions([1, 2]),
            "In the menu of the station, select the transactions to stop: EVSE 1, 2.",
        ),
        (
            lambda operator: operator.external_limit(4140),
            "Limit the power of the whole station to 4140 W at the energy management system that is connected to the"
            " station.",
        ),
        (
            lambda operator: operator.external_limit(None, 2),
            "Release the limit of EVSE 2 at the energy management system that is connected to the station.",
        ),
        (
            lambda operator: operator.customer_storage(available=False),
            "Put the station into a state in which it cannot process its customer information, without losing any.",
        ),
        (
            lambda operator: operator.customer_storage(available=True),
            "Make the station able to process its customer information again.",
        ),
        (
            lambda operator: operator.log_storage(available=False),
            "Make the logs of the station unavailable, so that it has no log information to upload.",
        ),
        (
            lambda operator: operator.log_storage(available=True),
            "Make the logs of the station available again.",
        ),
        (lambda operator: operator.power_cycle(), "Switch the station off and on again."),
        (lambda operator: operator.network(up=False), "Disconnect the station from the network."),
        (lambda operator: operator.network(up=True), "Reconnect the station to the network."),
    ],
)
def test_the_instruction_of_an_action(
    terminal: Terminal, action: Callable[[OperatorDriver], Awaitable[None]], text: str
) -> None:
    assert instruction(terminal, action) == text


def test_the_guide_shows_the_prompts(terminal: Terminal) -> None:
    guide = (Path(__file__).parents[3] / "docs/guides/certify-your-own-station.md").read_text()
    settings = Commissioning(
        csms_url="ws://192.168.1.10:9000",
        identity="PLUGFEST-01",
        password="plugfest-station-01",
        security_profile=SecurityProfile(1),
        csms_roots=None,
    )

    async def scenario() -> None:
        async with listening(terminal, campaign_began=False) as prompt:
            operator = PromptOperator(load_product("alpitronic-hyc-200-eu"), prompt)
            await operator.commission(settings)

    terminal.write("\n")
    clock.run_simulated(scenario())
    assert terminal.printed[0] in guide


def commissioning(
    profile: int, *, roots: tuple[str, ...] | None = (ROOT,), key: CertifiedKey | None = None
) -> Commissioning:
    return Commissioning(
        csms_url="wss://lab.local:9000",
        identity="CS001",
        password="at-least-16-characters",
        security_profile=SecurityProfile(profile),
        csms_roots=roots,
        own_key=key,
    )


def test_the_instruction_for_commissioning_has_every_setting(terminal: Terminal, tmp_path: Path) -> None:
    text = instruction(terminal, lambda operator: operator.commission(commissioning(2)), PkiFolder(tmp_path))
    for part in ("wss://lab.local:9000", "CS001", "security profile:        2", "as the only root"):
        assert part in text
    assert "at-least-16-characters" not in text  # the user has given it
    assert (tmp_path / "root.cer").read_bytes() == ssl.PEM_cert_to_DER_cert(ROOT)


def test_the_qr_code_of_each_commissioning_is_shown(terminal: Terminal, tmp_path: Path) -> None:
    shown: list[str] = []

    async def scenario() -> None:
        async with listening(terminal) as prompt:
            product, folder = load_product("reference-16-ac"), PkiFolder(tmp_path)
            operator = PromptOperator(product, prompt, folder, lambda guide: shown.append(guide.qr_text()))
            await operator.commission(commissioning(2))

    terminal.write("\n")
    clock.run_simulated(scenario())
    assert shown[0].splitlines()[:2] == ["wss://lab.local:9000/CS001", "ocpp1.6"]


def test_what_changes_at_another_commissioning_is_marked(terminal: Terminal, tmp_path: Path) -> None:
    async def twice(operator: OperatorDriver) -> None:
        await operator.commission(commissioning(1, roots=()))
        await operator.commission(commissioning(2))

    terminal.write("\n")
    instruction(terminal, twice, PkiFolder(tmp_path))
    lines = terminal.printed[1].splitlines()
    marked = {line.strip(" *").partition(":")[0] for line in lines if line.strip().startswith("*")}
    assert marked == {"security profile", "root certificate", "its SHA-256"}
    assert any(line.split() == ["identity:", "CS001"] for line in lines)


def test_a_certificate_for_the_station_is_written_with_its_key(terminal: Terminal, tmp_path: Path) -> None:
    requested = commissioning(3, key=CertifiedKey("CHAIN", "KEY"))
    text = instruction(terminal, lambda operator: operator.commission(requested), PkiFolder(tmp_path))
    assert str(tmp_path / "station.pem") in text
    assert (tmp_path / "station.key").read_text() == "KEY"
    assert (tmp_path / "station.key").stat().st_mode & 0o077 == 0


def test_all_root_certificates_are_removed_if_none_is_allowed(terminal: Terminal) -> None:
    text = instruction(terminal, lambda operator: operator.commission(commissioning(1, roots=())))
    assert "none for the CSMS: remove all that are installed" in text


def test_nothing_is_said_about_root_certificates_if_any_is_allowed(terminal: Terminal) -> None:
    text = instruction(terminal, lambda operator: operator.commission(commissioning(1, roots=None)))
    assert "root certificate" not in text


def test_tls_without_a_pki_folder_is_refused(terminal: Terminal) -> None:
    with pytest.raises(OperatorFailed, match="--pki DIR"):
        instruction(terminal, lambda operator: operator.commission(commissioning(2)))


def test_the_certificates_of_an_ev_are_written_for_it(terminal: Terminal, tmp_path: Path) -> None:
    ev = CommunicatingEv(
        contract=CertifiedKey("CHAIN", "KEY"), certificate_request="Update", v2g_root="ROOT", energy=20000
    )
    text = instruction(terminal, lambda operator: operator.ev_prepare(1, ev), PkiFolder(tmp_path))
    request = "Update the contract certificate"
    for part in ("EV with ISO 15118 at EVSE 1", str(tmp_path / "contract.pem"), request, "asks for 20000 Wh"):
        assert part in text
    assert (tmp_path / "v2g-root.pem").read_text() == "ROOT"
    assert (tmp_path / "contract.key").stat().st_mode & 0o077 == 0


def test_without_a_folder_an_ev_cannot_get_its_certificates(terminal: Terminal) -> None:
    ev = CommunicatingEv(contract=CertifiedKey("CHAIN", "KEY"), v2g_root="ROOT")
    with pytest.raises(OperatorFailed, match="--pki DIR"):
        instruction(terminal, lambda operator: operator.ev_prepare(1, ev))


def test_an_instruction_to_unplug_names_the_answer_for_a_locked_cable(terminal: Terminal) -> None:
    instruction(terminal, lambda operator: operator.unplug(1, 1))
    assert 'If it is locked, type "locked".' in terminal.printed[0]
