"""The files of logs. They contain no tokens and no passwords."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from plugfest.hardware.readings import reading_of
from plugfest.station.context import Context
from plugfest.station.device_model.variables import Mutability
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.storage.diagnostics import EventLog, LogEntry, SecurityLog

SUFFIXES: Final = {"DiagnosticsLog": "zip", "SecurityLog": "csv"}
"""File suffixes by LogEnumType."""


def log_file(
    context: Context, events: EventLog, log_type: str, oldest: datetime | None, latest: datetime | None
) -> bytes:
    """The log of this LogEnumType between two times, which may have no entries then (N01.FR.03, N01.FR.04)."""
    if log_type == "DiagnosticsLog":
        return diagnostics_file(context, events.entries(oldest, latest))
    return security_file(context.shared.get(SecurityLog).entries(oldest, latest))


def file_name(context: Context, kind: str, suffix: str, *numbers: int) -> str:
    """The name of a log file: serial number, kind, time, and distinguishing `numbers`."""
    serial_number = re.sub(r"\W", "-", context.device_model.text("ChargingStation", "SerialNumber"))
    parts = (serial_number, kind, f"{context.now():%Y%m%dT%H%M%SZ}", *(str(number) for number in numbers))
    return f"{'-'.join(parts)}.{suffix}"


def security_file(entries: Sequence[LogEntry]) -> bytes:
    """The security log as CSV."""
    return _table(("time", "type", "technical information"), _rows(entries))


def diagnostics_file(context: Context, events: Sequence[LogEntry]) -> bytes:
    """The diagnostics as a zip file: the given events, and the current state of the station."""
    station = {
        "vendor": context.product.vendor,
        "model": context.product.model,
        "serialNumber": context.device_model.text("ChargingStation", "SerialNumber"),
        "firmwareVersion": context.device_model.text("ChargingStation", "FirmwareVersion"),
        "bootReason": context.boot_reason.value,
        "time": context.now(),
        "transactions": [v.transaction.id for v in context.shared.get(Transactions).ongoing() if v.transaction],
        "connectors": {place.key(): status for place, status in context.shared.get(Connectors).statuses.items()},
        "meters": {str(evse_id): reading_of(evse.meter) for evse_id, evse in context.hardware.evses.items()},
    }
    files = {
        "station.json": msgspec.json.format(msgspec.json.encode(station)),
        "variables.csv": _table(("variable", "value"), _variables(context)),
        "events.csv": _table(("time", "type", "technical information"), _rows(events)),
    }
    return _zip(files, context.now())


def _variables(context: Context) -> Iterator[tuple[str, str]]:
    model = context.device_model
    for variable in model:
        if variable.mutability is not Mutability.WRITE_ONLY:
            yield variable.address.text(), model.value(variable)


def _rows(entries: Iterable[LogEntry]) -> Iterator[tuple[str, str, str]]:
    return ((entry.at.isoformat(timespec="milliseconds"), entry.type, entry.tech_info) for entry in entries)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def _zip(files: Mapping[str, bytes], at: datetime) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()
