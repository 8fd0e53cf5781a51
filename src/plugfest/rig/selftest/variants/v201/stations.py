"""Stations of another kind: other parts of reports, other start and stop points, other transaction ids."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from plugfest.lab.v201.states.transaction_points import START, STOP
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import changed, with_fields, without_firmware_status
from plugfest.rig.selftest.variants import stations
from plugfest.rig.selftest.variants.changes import changing
from plugfest.rig.selftest.variants.variant import ChangeProduct, Variant, permitted_v201
from plugfest.station.blocks.b_provisioning.v201 import reports
from plugfest.station.blocks.l_firmware_management import v201 as firmware
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.model import station_model
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.model.transactions.points import Point
from plugfest.station.setup.capabilities import Capability, has_capability

_START_CLAIMS: Final = {point: claim for claim, point in START.claims.items()}
_STOP_CLAIMS: Final = {point: claim for claim, point in STOP.claims.items()}
"""The PICS features of the start points and of the stop points."""


def with_points(start: str, stop: str) -> ChangeProduct:
    """The product with one start point and one stop point, given by their PICS features."""

    def change(product: Product) -> Product | None:
        if not (product.supports(start) and product.supports(stop)):
            return None
        only = {id: id in (start, stop) for id in (*START.claims, *STOP.claims)}
        return msgspec.structs.replace(product, answered={**product.answered, **only, "C-51": False, "C-52": False})

    return change


def _without_points(start: Point, stop: Point) -> ChangeProduct:
    """No start or stop point can be set; the claims, which these points must be among, stay."""

    def change(product: Product) -> Product | None:
        if not (product.supports(_START_CLAIMS[start]) and product.supports(_STOP_CLAIMS[stop])):
            return None
        return msgspec.structs.replace(product, answered={**product.answered, "C-51": False, "C-52": False})

    return change


def _without_point_variables(report: m.NotifyReportRequest) -> m.NotifyReportRequest:
    data = [one for one in given(report.report_data) or () if one.variable.name not in ("TxStartPoint", "TxStopPoint")]
    return msgspec.structs.replace(report, report_data=data or UNSET)


def _charges_at(start: Point, stop: Point) -> Patch:
    return Patch(station_model, "charging_settings", with_fields(start=frozenset({start}), stop=frozenset({stop})))


def _parts_of(size: int) -> Patch:
    def parts(report: Sequence[Any]) -> Iterator[tuple[Sequence[Any], bool]]:
        return ((report[at : at + size], at + size < len(report)) for at in range(0, len(report), size))

    return Patch(reports, "_parts", lambda _: parts)


def _short_id(transaction: Any) -> Any:
    transaction.id = f"TX.{transaction.id[:6]}"
    return transaction


def _unavailable_beside_occupied(original: Function) -> Function:
    """Connectors of one EVSE exclude each other: those beside the one in use are Unavailable."""

    def status(self: Connectors, place: Place) -> ConnectorStatus:
        found: ConnectorStatus = original(self, place)
        others = (each for each in self._of_type(place.evse_id or 0, None) if each != place)
        in_use = any(original(self, each) is ConnectorStatus.OCCUPIED for each in others)
        return ConnectorStatus.UNAVAILABLE if found is ConnectorStatus.AVAILABLE and in_use else found

    return status


def _has_evse_with_connectors(product: Product) -> Product | None:
    return product if any(len(evse.connectors) > 1 for evse in product.evses) else None


_ABOUT_ONE_POINT: Final = (1, 2, *range(7, 18), 19, 20, 21, 22, 26, 27, 35, 37, 54)
"""The cases of block E that set TxStartPoint or TxStopPoint."""

_NOT_WITHOUT_VARIABLES: Final = {
    **dict.fromkeys(("TC_B_13_CS", "TC_B_53_CS"), "the inventory lacks required variables"),
    **{f"TC_E_{number:02}_CS": "it is about a point that the station may not have" for number in _ABOUT_ONE_POINT},
}


def _reboots_to_install(product: Product) -> Product | None:
    """A station that installs firmware without a reboot has no boot loader for it: it reports Installing."""
    return None if has_capability(product, Capability.INSTALLS_WHILE_CHARGING) else product


VARIANTS: tuple[Variant, ...] = (
    permitted_v201(
        "the connectors beside the one in use are Unavailable",
        "G01.FR.01",
        "they cannot be used: an EVSE has one at a time",
        Patch(Connectors, "_status", _unavailable_beside_occupied),
        product=_has_evse_with_connectors,
        recommendation=("G01.FR.08",),
    ),
    *(
        permitted_v201(
            f"starts at {START.claims[start]}, stops at {STOP.claims[stop]}, and nothing else",
            "Part 2 section 2.6.6",
            "the vendor chooses the points",
            product=with_points(start, stop),
        )
        for start, stop in (
            ("C-09.1", "C-10.1"),
            ("C-09.2", "C-10.2"),
            ("C-09.4", "C-10.3"),
            ("C-09.5", "C-10.4"),
            ("C-09.6", "C-10.5"),
            ("C-09.1", "C-10.2"),
            ("C-09.2", "C-10.1"),
            ("C-09.4", "C-10.1"),
            ("C-09.3", "C-10.1"),
        )
    ),
    *(
        permitted_v201(
            f"starts at {start}, stops at {stop}, and has no variable that shows which of the claimed points it uses",
            "Part 2 section 2.6.6",
            "the PICS claims what is supported, not what is in use",
            _charges_at(start, stop),
            filter=changing(m.NotifyReportRequest, _without_point_variables),
            product=_without_points(start, stop),
            not_run=_NOT_WITHOUT_VARIABLES,
        )
        for start, stop in (
            (Point.AUTHORIZED, Point.AUTHORIZED),
            (Point.EV_CONNECTED, Point.EV_CONNECTED),
            (Point.POWER_PATH_CLOSED, Point.POWER_PATH_CLOSED),
            (Point.ENERGY_TRANSFER, Point.ENERGY_TRANSFER),
            (Point.AUTHORIZED, Point.EV_CONNECTED),
        )
    ),
    permitted_v201("reports with 3 variables in each part", "B07.FR.10", "no size is required", _parts_of(3)),
    permitted_v201("reports with 1 variable in each part", "B07.FR.10", "no size is required", _parts_of(1)),
    permitted_v201(
        "variables and components of the vendor",
        "Part 2 section 2.13",
        "a vendor may add variables",
        stations.vendor_variables(("ChargingStation", "VendorCtrlr")),
    ),
    permitted_v201(
        "no variable that is neither required nor claimed",
        "Part 2 chapter 2, Referenced Components and Variables",
        "variables with Required: no",
        *stations.without_variables(
            "OCPPCommCtrlr.HeartbeatInterval",
            "OCPPCommCtrlr.RetryBackOffRandomRange",
            "OCPPCommCtrlr.RetryBackOffRepeatTimes",
            "OCPPCommCtrlr.RetryBackOffWaitMinimum",
            "OCPPCommCtrlr.WebSocketPingInterval",
            "DeviceDataCtrlr.ConfigurationValueSize",
            "DeviceDataCtrlr.ReportingValueSize",
            "ClockCtrlr.TimeAdjustmentReportingThreshold",
            "SecurityCtrlr.Identity",
            "SecurityCtrlr.MaxCertificateChainSize",
            "SampledDataCtrlr.Available",
            "SampledDataCtrlr.Enabled",
            "AlignedDataCtrlr.Available",
            "AlignedDataCtrlr.Enabled",
        ),
    ),
    permitted_v201(
        "short transaction ids",
        "E01.FR.08",
        "a transactionId need not be a UUID",
        Patch(TransactionEventRecorder, "begin", changed(_short_id)),
    ),
    permitted_v201(
        "transaction messages before other messages",
        "Part 6 section 2.1",
        "the order of status and event is free",
        stations.TRANSACTION_MESSAGES_FIRST,
    ),
    permitted_v201(
        "a BootNotification after each reconnection",
        "Part 4 section 5.3",
        "it is only a recommendation not to",
        stations.BOOT_NOTIFICATION_AFTER_RECONNECT,
        recommendation=("Part 4 section 5.3",),
    ),
    permitted_v201("boots in 60 s", "B01", "no limit is set", stations.boots_in(60)),
    permitted_v201("a clock that is 2 s fast", "B01.FR.06", "within the tolerance", stations.clock_fast_by(2)),
    permitted_v201("a clock that is 2 s slow", "B01.FR.06", "within the tolerance", stations.clock_fast_by(-2)),
    permitted_v201(
        "does not report Installing",
        "L01.FR.23",
        "a boot loader need not report it",
        without_firmware_status(firmware, FirmwareStatus.INSTALLING),
        product=_reboots_to_install,
        not_run={"TC_L_08_CS": "the station does not reboot before it reports the failure"},
    ),
    permitted_v201(
        "does not report InstallRebooting",
        "L01.FR.32",
        "it is optional",
        without_firmware_status(firmware, FirmwareStatus.INSTALL_REBOOTING),
    ),
    permitted_v201(
        "Downloading again for each attempt", "L01.FR.30", "permitted by the note", stations.DOWNLOADING_AGAIN
    ),
    permitted_v201("Uploading again for each attempt", "N01.FR.10", "permitted by the note", stations.UPLOADING_AGAIN),
    permitted_v201(
        "installs firmware during a transaction and announces the reboot that follows it",
        "Part 2 section 3.33, L01.FR.33",
        "InstallRebooting may come when the installation has finished",
        *stations.REBOOT_ANNOUNCED_EARLY,
        not_run={"TC_L_16_CS": "such a station does not update its firmware during a transaction (C-43)"},
    ),
    permitted_v201("installs firmware in 5 minutes", "L01", "no limit is set", stations.installs_in(290)),
)
