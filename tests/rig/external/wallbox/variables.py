"""The variables of the wallbox, of Part 2 "Referenced Components and Variables" and Part 4. TxStartPoint is fixed."""

from tests.rig.external.wallbox.device_model import Attributes, Key, Variable

RO, RW, WO = "ReadOnly", "ReadWrite", "WriteOnly"
MEASURANDS = ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage")


def _integer(
    value: int,
    mutability: str = RW,
    *,
    minimum: float | None = 0,
    maximum: float | None = None,
    unit: str | None = None,
) -> Attributes:
    return Attributes("integer", mutability, str(value), unit=unit, minimum=minimum, maximum=maximum)


def _boolean(value: bool, mutability: str = RW) -> Attributes:
    return Attributes("boolean", mutability, "true" if value else "false")


def _text(
    value: str, mutability: str = RO, *, maximum: float | None = None, minimum: float | None = None
) -> Attributes:
    return Attributes("string", mutability, value, minimum=minimum, maximum=maximum)


def _list(kind: str, value: str, values: tuple[str, ...], mutability: str = RO) -> Attributes:
    return Attributes(kind, mutability, value, values=values, maximum=500 if mutability == RW else None)


def _measurands(value: str) -> Attributes:
    return _list("MemberList", value, MEASURANDS, RW)


ENERGY = MEASURANDS[0]
STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")

STATION: dict[str, dict[str, Attributes]] = {
    "AlignedDataCtrlr": {
        "Available": _boolean(True, RO),
        "Enabled": _boolean(True),
        "Interval": _integer(0, maximum=86400, unit="s"),
        "Measurands": _measurands(f"{ENERGY},Voltage"),
        "SendDuringIdle": _boolean(False),
        "TxEndedInterval": _integer(0, maximum=86400, unit="s"),
        "TxEndedMeasurands": _measurands(ENERGY),
    },
    "AuthCacheCtrlr": {
        "Available": _boolean(True, RO),
        "Enabled": _boolean(True),
        "LifeTime": _integer(864000, unit="s"),
    },
    "AuthCtrlr": {
        "AuthorizeRemoteStart": _boolean(True),
        "Enabled": _boolean(True, RO),
        "LocalAuthorizeOffline": _boolean(True),
        "LocalPreAuthorize": _boolean(False),
    },
    "ChargingStation": {
        "AvailabilityState": _list("OptionList", "Available", STATES),
        "Available": _boolean(True, RO),
        "Model": _text("WB11"),
        "SupplyPhases": _integer(3, RO),
        "VendorName": _text("Nordlicht"),
    },
    "ClockCtrlr": {
        "DateTime": Attributes("dateTime", RO, ""),
        "TimeSource": _list("SequenceList", "Heartbeat", ("Heartbeat",), RW),
    },
    "DeviceDataCtrlr": {
        f"{kind}PerMessage[{message}]": _integer(value, RO)
        for kind, value in (("Items", 50), ("Bytes", 65000))
        for message in ("GetReport", "GetVariables", "SetVariables")
    },
    "OCPPCommCtrlr": {
        "ActiveNetworkProfile": _integer(1, RO),
        "FileTransferProtocols": _list("MemberList", "HTTP,HTTPS", ("HTTP", "HTTPS")),
        "HeartbeatInterval": _integer(300, minimum=1, maximum=86400, unit="s"),
        "MessageTimeout[Default]": _integer(30, RO, unit="s"),
        "MessageAttempts[TransactionEvent]": _integer(3, minimum=1, maximum=20),
        "MessageAttemptInterval[TransactionEvent]": _integer(30, minimum=1, maximum=3600, unit="s"),
        "NetworkConfigurationPriority": _list("SequenceList", "1", ("1", "2", "3"), RW),
        "NetworkProfileConnectionAttempts": _integer(3, minimum=1, maximum=100),
        "OfflineThreshold": _integer(60, maximum=86400, unit="s"),
        "ResetRetries": _integer(0, maximum=10),
        "RetryBackOffRandomRange": _integer(0, maximum=60, unit="s"),
        "RetryBackOffRepeatTimes": _integer(3, maximum=10),
        "RetryBackOffWaitMinimum": _integer(2, minimum=1, maximum=600, unit="s"),
        "UnlockOnEVSideDisconnect": _boolean(True),
        "WebSocketPingInterval": _integer(60, maximum=3600, unit="s"),
    },
    "SampledDataCtrlr": {
        "Available": _boolean(True, RO),
        "Enabled": _boolean(True),
        "TxStartedMeasurands": _measurands(ENERGY),
        "TxUpdatedMeasurands": _measurands(ENERGY),
        "TxUpdatedInterval": _integer(0, maximum=86400, unit="s"),
        "TxEndedMeasurands": _measurands(ENERGY),
        "TxEndedInterval": _integer(0, maximum=86400, unit="s"),
    },
    "SecurityCtrlr": {
        "BasicAuthPassword": _text("", WO, minimum=16, maximum=40),
        "CertSigningRepeatTimes": _integer(2, maximum=10),
        "CertSigningWaitMinimum": _integer(60, minimum=1, maximum=86400, unit="s"),
        "CertificateEntries": _integer(0, RO, maximum=8),
        "Identity": _text("", RO, maximum=48),
        "OrganizationName": _text("Nordlicht", RW, maximum=100),
        "SecurityProfile": _integer(1, RO),
    },
    "TxCtrlr": {
        "EVConnectionTimeOut": _integer(60, minimum=1, maximum=3600, unit="s"),
        "StopTxOnEVSideDisconnect": _boolean(True, RO),
        "StopTxOnInvalidId": _boolean(True),
    },
}

EVSE: dict[str, Attributes] = {
    "AllowReset": _boolean(False, RO),
    "AvailabilityState": _list("OptionList", "Available", STATES),
    "Available": _boolean(True, RO),
    "Power": Attributes("decimal", RO, "0", unit="W", maximum=11040),
    "SupplyPhases": _integer(3, RO),
}

CONNECTOR: dict[str, Attributes] = {
    "AvailabilityState": _list("OptionList", "Available", STATES),
    "Available": _boolean(True, RO),
    "ConnectorType": _text("sType2"),
    "SupplyPhases": _integer(3, RO),
}


def variables() -> list[Variable]:
    """Every variable of a new wallbox, at its value of the factory."""
    found = [
        Variable(_key(component, name), attributes)
        for component, names in STATION.items()
        for name, attributes in names.items()
    ]
    found += [Variable(_key("EVSE", name, evse=1), attributes) for name, attributes in EVSE.items()]
    found += [
        Variable(_key("Connector", name, evse=1, connector=1), attributes) for name, attributes in CONNECTOR.items()
    ]
    return found


def _key(component: str, name: str, evse: int | None = None, connector: int | None = None) -> Key:
    name, _, instance = name.rstrip("]").partition("[")
    return Key(component, None, evse, connector, name, instance or None)
