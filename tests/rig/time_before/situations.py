"""The situations in which another CSMS may leave a station."""

import asyncio
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from tests.rig.time_before.earlier_csms import Site, Situation

from plugfest import clock
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m201
from plugfest.ocpp.v201 import types as t201

TIMEOUT = 30.0
IMAGE = "/firmware.bin"


async def _call(site: Site, v16: m16.Request | None, v201: m201.Request) -> None:  # type: ignore[type-arg]
    await site.csms.csms.call(v16 if site.is_v16 and v16 is not None else v201, timeout=TIMEOUT)


async def left_alone(site: Site) -> None:
    """It does nothing."""


async def cable_in(site: Site) -> None:
    await site.operator.plug_in(1, 1)
    await asyncio.sleep(10)


async def authorized(site: Site) -> None:
    await site.operator.present_token(site.csms.settings.tokens.valid, 1)
    await asyncio.sleep(2)


async def charging(site: Site) -> None:
    await site.operator.plug_in(1, 1)
    await authorized(site)
    await asyncio.sleep(30)


async def charging_offline(site: Site) -> None:
    await charging(site)
    await site.operator.network(up=False)
    await asyncio.sleep(240)


async def charging_when_rebooted(site: Site) -> None:
    await charging_offline(site)
    await site.operator.power_cycle()


async def session_offline(site: Site) -> None:
    """With a token that it has in its cache."""
    await charging(site)
    await _end_session(site)
    await site.operator.network(up=False)
    await charging(site)
    await _end_session(site)
    await asyncio.sleep(240)


async def _end_session(site: Site) -> None:
    await site.operator.present_token(site.csms.settings.tokens.valid, 1)
    await asyncio.sleep(5)
    await site.operator.unplug(1, 1)
    await asyncio.sleep(30)


async def being_reset(site: Site) -> None:
    await _call(site, m16.ResetRequest(type=t16.ResetType.Hard), m201.ResetRequest(type=t201.ResetEnumType.Immediate))


async def reset_when_idle(site: Site) -> None:
    await charging(site)
    await _call(site, m16.ResetRequest(type=t16.ResetType.Soft), m201.ResetRequest(type=t201.ResetEnumType.OnIdle))


async def reserved(site: Site) -> None:
    await _reserve(site, timedelta(hours=2))


async def reserved_for_a_moment(site: Site) -> None:
    await _reserve(site, timedelta(seconds=20))


async def _reserve(site: Site, duration: timedelta) -> None:
    id_token, expires = site.csms.settings.tokens.valid.id_token, clock.utc_now() + duration
    await _call(
        site,
        m16.ReserveNowRequest(connector_id=1, expiry_date=expires, id_tag=id_token, reservation_id=77),
        m201.ReserveNowRequest(
            id=77,
            expiry_date_time=expires,
            evse_id=1,
            id_token=t201.IdTokenType(id_token=id_token, type=t201.IdTokenEnumType.ISO14443),
        ),
    )


async def inoperative(site: Site) -> None:
    await _make_inoperative(site, evse_id=1)


async def station_inoperative(site: Site) -> None:
    await _make_inoperative(site, evse_id=0)


async def inoperative_when_idle(site: Site) -> None:
    await charging(site)
    await _make_inoperative(site, evse_id=1)


async def inoperative_when_rebooted(site: Site) -> None:
    await _make_inoperative(site, evse_id=1)
    await site.operator.network(up=False)
    await site.operator.power_cycle()


async def _make_inoperative(site: Site, evse_id: int) -> None:
    v16 = m16.ChangeAvailabilityRequest(connector_id=evse_id, type=t16.ChangeAvailabilityType.Inoperative)
    status = t201.OperationalStatusEnumType.Inoperative
    if evse_id:
        evse = t201.EVSEType(id=evse_id, connector_id=1)
        await _call(site, v16, m201.ChangeAvailabilityRequest(operational_status=status, evse=evse))
    else:
        await _call(site, v16, m201.ChangeAvailabilityRequest(operational_status=status))
    await asyncio.sleep(5)


async def faulted(site: Site) -> None:
    await site.operator.fault(1, 1, present=True)
    await asyncio.sleep(5)


async def faulted_while_charging(site: Site) -> None:
    await charging(site)
    await faulted(site)


async def updating_firmware(site: Site) -> None:
    await _update(site, timedelta(seconds=0))


async def updating_firmware_later(site: Site) -> None:
    await _update(site, timedelta(seconds=40))


async def _update(site: Site, delay: timedelta) -> None:
    firmware, maker = site.csms.settings.firmware, site.csms.manufacturer
    assert firmware is not None
    site.files.documents.files[IMAGE] = firmware.image
    location, begin = await site.files.url(IMAGE, "HTTP"), clock.utc_now() + delay
    if not site.is_v16:
        root = maker.root.public_bytes(Encoding.PEM).decode()
        use = t201.InstallCertificateUseEnumType.ManufacturerRootCertificate
        await _call(site, None, m201.InstallCertificateRequest(certificate=root, certificate_type=use))
    await _call(
        site,
        m16.UpdateFirmwareRequest(location=location, retrieve_date=begin),
        m201.UpdateFirmwareRequest(
            request_id=4711,
            firmware=t201.FirmwareType(
                location=location,
                retrieve_date_time=clock.utc_now(),
                install_date_time=begin,
                signing_certificate=maker.signing_certificate,
                signature=maker.signature(firmware.image),
            ),
        ),
    )


async def uploading_a_log(site: Site) -> None:
    location = await site.files.url("/logs/", "HTTP")
    await _call(
        site,
        m16.GetDiagnosticsRequest(location=location),
        m201.GetLogRequest(
            request_id=99,
            log_type=t201.LogEnumType.DiagnosticsLog,
            log=t201.LogParametersType(remote_location=location),
        ),
    )


SITUATIONS: tuple[Situation, ...] = (
    left_alone,
    cable_in,
    authorized,
    charging,
    charging_offline,
    charging_when_rebooted,
    session_offline,
    being_reset,
    reset_when_idle,
    reserved,
    reserved_for_a_moment,
    inoperative,
    station_inoperative,
    inoperative_when_idle,
    inoperative_when_rebooted,
    faulted,
    faulted_while_charging,
    updating_firmware,
    updating_firmware_later,
    uploading_a_log,
)
