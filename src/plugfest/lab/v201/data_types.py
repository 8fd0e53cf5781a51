"""The data types of the texts that an OCPP 2.0.1 station sends (Part 2 section 2.1.4, tables of messages and types)."""

import re
from datetime import datetime
from typing import Final

from plugfest.lab.rules.data_types import HEX_NUMBER, LANGUAGE, URI, DataType, DataTypes, base64, free, matching, pem
from plugfest.ocpp.versions import V201

PRIMITIVE_TYPES = "Part 2 section 2.1.4"

IDENTIFIER = matching(
    re.compile(r"[A-Za-z0-9*\-_=:+|@.]*"),
    "an identifierString: letters, digits and * - _ = : + | @ .",
    PRIMITIVE_TYPES,
)

TIME = DataType(
    "a dateTime with at most 3 decimal places of a second",
    lambda text: re.search(r"\.[0-9]{4}", text) is None,
    PRIMITIVE_TYPES,
)

TEXT = free("text")
ENCODED = free("base64: rule about the encoding of signed meter values")
VALUE = free("of the dataType of the variable: rules about the values of variables")
LISTED = free("of a list of the appendices, or of the vendor")
HASH = free("a hash: rules about certificates")


def _serial_number(requirement: str) -> DataType:
    return matching(HEX_NUMBER, "a hexadecimal number without leading zeroes", requirement)


FIELDS: Final = {
    # Identifiers
    "AdditionalInfoType.additionalIdToken": IDENTIFIER,
    "CertificateHashDataType.issuerNameHash": IDENTIFIER,
    "ChargingProfileType.transactionId": IDENTIFIER,
    "ComponentType.instance": IDENTIFIER,
    "ComponentType.name": IDENTIFIER,
    "EventDataType.transactionId": IDENTIFIER,
    "IdTokenType.idToken": IDENTIFIER,
    "MessageInfoType.transactionId": IDENTIFIER,
    "ModemType.iccid": IDENTIFIER,
    "ModemType.imsi": IDENTIFIER,
    "OCSPRequestDataType.issuerNameHash": IDENTIFIER,
    "RequestStartTransactionResponse.transactionId": IDENTIFIER,
    "TransactionType.transactionId": IDENTIFIER,
    "VariableType.instance": IDENTIFIER,
    "VariableType.name": IDENTIFIER,
    # Certificates
    "AuthorizeRequest.certificate": pem("CERTIFICATE", "AuthorizeRequest"),
    "CertificateHashDataType.issuerKeyHash": HASH,
    "CertificateHashDataType.serialNumber": _serial_number("CertificateHashDataType"),
    "OCSPRequestDataType.issuerKeyHash": HASH,
    "OCSPRequestDataType.responderURL": matching(URI, "a URL", "OCSPRequestDataType"),
    "OCSPRequestDataType.serialNumber": _serial_number("OCSPRequestDataType"),
    "Get15118EVCertificateRequest.exiRequest": base64("Get15118EVCertificateRequest"),
    "Get15118EVCertificateRequest.iso15118SchemaVersion": TEXT,
    "SignCertificateRequest.csr": pem("(?:NEW )?CERTIFICATE REQUEST", "SignCertificateRequest"),
    # Meter values
    "SignedMeterValueType.encodingMethod": LISTED,
    "SignedMeterValueType.publicKey": ENCODED,
    "SignedMeterValueType.signedMeterData": ENCODED,
    "SignedMeterValueType.signingMethod": LISTED,
    "UnitOfMeasureType.unit": LISTED,
    # Variables
    "EventDataType.actualValue": VALUE,
    "GetVariableResultType.attributeValue": VALUE,
    "VariableAttributeType.value": VALUE,
    "VariableCharacteristicsType.unit": LISTED,
    "VariableCharacteristicsType.valuesList": VALUE,
    # Texts and names
    "AdditionalInfoType.type": TEXT,
    "ChargingStationType.firmwareVersion": TEXT,
    "ChargingStationType.model": TEXT,
    "ChargingStationType.serialNumber": TEXT,
    "ChargingStationType.vendorName": TEXT,
    "DataTransferRequest.messageId": TEXT,
    "DataTransferRequest.vendorId": TEXT,
    "EventDataType.techCode": TEXT,
    "EventDataType.techInfo": TEXT,
    "GetLogResponse.filename": TEXT,
    "MessageContentType.content": TEXT,
    "MessageContentType.language": matching(LANGUAGE, "a language code of RFC 5646", "MessageContentType"),
    "NotifyCustomerInformationRequest.data": TEXT,
    "PublishFirmwareStatusNotificationRequest.location": matching(URI, "a URI", "L03.FR.04"),
    "SalesTariffType.salesTariffDescription": TEXT,
    "SecurityEventNotificationRequest.techInfo": TEXT,
    "SecurityEventNotificationRequest.type": LISTED,
    "StatusInfoType.additionalInfo": TEXT,
    "StatusInfoType.reasonCode": LISTED,
}
"""Every text in a message of a station. A date-time and an integer have their data type by themselves."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)

INTEGER_BITS: Final = 32
INTEGERS: Final = range(-(2 ** (INTEGER_BITS - 1)), 2 ** (INTEGER_BITS - 1))


def is_of_type(data_type: str, value: str) -> bool:
    """Whether the value of a variable is one of its dataType. Lists and strings may have any value."""
    match data_type:
        case "integer":
            return bool(_INTEGER.fullmatch(value)) and int(value) in INTEGERS
        case "decimal":
            return bool(_DECIMAL.fullmatch(value))
        case "dateTime":
            return bool(_TIME.fullmatch(value)) and _is_time(value)
        case "boolean":
            return value in ("true", "false")
    return True


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


DATA_TYPES: Final = DataTypes(V201, FIELDS, times=TIME, integers=(INTEGER_BITS, PRIMITIVE_TYPES))
