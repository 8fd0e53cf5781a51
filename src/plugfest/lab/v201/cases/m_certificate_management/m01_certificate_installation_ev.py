"""M01 Certificate installation EV, and M02 Certificate Update EV."""

import base64
from collections.abc import Awaitable, Callable

from plugfest.lab.case import case
from plugfest.lab.expectations import meets, present
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.iso15118.authorized import (
    PLUG_AND_CHARGE,
    contract_accepted,
    contract_presented,
    ev_prepared,
    roots_installed,
)
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def _is_base64(value: object) -> bool:
    try:
        return bool(base64.b64decode(str(value), validate=True))
    except ValueError:
        return False


EXI = meets("the message of the EV in base64", _is_base64)


def requesting_ev_connected(action: str) -> Callable[[Bench], Awaitable[None]]:
    """EVConnectedPreSession with an EV that requests its contract certificate: "Install" or "Update"."""

    async def connected(bench: Bench) -> None:
        await ev_prepared(bench, certificate_request=action)
        await ev_connected_pre_session(bench)

    return connected


def _answer(bench: Bench, status: str) -> None:
    """Part 6 omits exiResponse with Failed; the schema requires it, so it is empty."""
    response = m.Get15118EVCertificateResponse(
        status=t.Iso15118EVCertificateStatusEnumType(status),
        exi_response=bench.settings.exi_response if status == "Accepted" else "",
    )
    bench.csms.answers.override(m.Get15118EVCertificateRequest, lambda _: response)


async def _request_forwarded(bench: Bench, action: str) -> None:
    await bench.expect(m.Get15118EVCertificateRequest, action_=action, exi_request=EXI, iso15118_schema_version=present)


async def _installed(bench: Bench, action: str, requirement: str) -> None:
    await _request_forwarded(bench.step(1, requirement), action)
    await contract_presented(bench.step(3))
    await contract_accepted(bench)


async def _failed(bench: Bench, action: str, requirement: str) -> None:
    await _request_forwarded(bench.step(1, requirement), action)
    await bench.step(3).silence(m.AuthorizeRequest, seconds=bench.settings.silence)


async def _accepting(bench: Bench) -> None:
    _answer(bench, "Accepted")


async def _failing(bench: Bench) -> None:
    _answer(bench, "Failed")


@case(
    "TC_M_26_CS",
    requirements=("M01.FR.01",),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _accepting, requesting_ev_connected("Install")),
    continues=True,
)
async def installation(bench: Bench) -> None:
    await _installed(bench, "Install", "M01.FR.01")


@case(
    "TC_M_27_CS",
    requirements=("M01.FR.01",),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _failing, requesting_ev_connected("Install")),
    continues=True,
)
async def installation_failed(bench: Bench) -> None:
    await _failed(bench, "Install", "M01.FR.01")


@case(
    "TC_M_28_CS",
    requirements=("M02.FR.01",),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _accepting, requesting_ev_connected("Update")),
    continues=True,
)
async def update(bench: Bench) -> None:
    await _installed(bench, "Update", "M02.FR.01")


@case(
    "TC_M_29_CS",
    requirements=("M02.FR.01",),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, _failing, requesting_ev_connected("Update")),
    continues=True,
)
async def update_failed(bench: Bench) -> None:
    await _failed(bench, "Update", "M02.FR.01")
