"""The messages of the benchmarks: a small one, and a TransactionEvent with six sampled values."""

import json
from typing import Any

BOOT_NOTIFICATION: dict[str, Any] = {
    "reason": "PowerUp",
    "chargingStation": {
        "model": "Model X",
        "vendorName": "Vendor",
        "serialNumber": "SN-0000001",
        "firmwareVersion": "1.2.3",
        "modem": {"iccid": "89310410106543789301", "imsi": "204043396999999"},
    },
}

_MEASURANDS = {
    "Energy.Active.Import.Register": "Wh",
    "Power.Active.Import": "W",
    "Power.Offered": "W",
    "Current.Import": "A",
    "Current.Offered": "A",
    "Voltage": "V",
}

TRANSACTION_EVENT: dict[str, Any] = {
    "eventType": "Updated",
    "timestamp": "2026-01-01T12:00:00Z",
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 7,
    "transactionInfo": {"transactionId": "4ef0bcf8-4e1a-4e9e-9d4f-3ed8f3a3a111", "chargingState": "Charging"},
    "evse": {"id": 1, "connectorId": 1},
    "meterValue": [
        {
            "timestamp": "2026-01-01T12:00:00Z",
            "sampledValue": [
                {
                    "value": 1234.5,
                    "context": "Sample.Periodic",
                    "measurand": measurand,
                    "location": "Outlet",
                    "unitOfMeasure": {"unit": unit},
                }
                for measurand, unit in _MEASURANDS.items()
            ],
        }
    ],
}


def call(action: str, payload: dict[str, Any]) -> str:
    """A CALL frame."""
    return json.dumps([2, "3c1f3c52-6a0a-4a5e-9a44-0d7b7e1a0001", action, payload], separators=(",", ":"))
