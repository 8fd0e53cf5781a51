"""The data types of the texts that an OCPP 1.6 station sends (sections 2.2 and 7, chapter 6 of the whitepaper)."""

from typing import Final

from plugfest.lab.rules.data_types import HEX_BYTES, HEX_NUMBER, PRINTABLE_ASCII, DataTypes, free, matching, pem
from plugfest.lab.verdict import Level
from plugfest.ocpp.versions import V16

NAME = matching(PRINTABLE_ASCII, "printable ASCII characters (CiString)", "section 2.2")

# Section 2.2 permits only ASCII for it too, OCPP-J section 4.1.2 other characters in natural-language text.
TEXT = matching(PRINTABLE_ASCII, "printable ASCII characters (CiString)", "section 2.2", Level.SHOULD)

DATA = free("data of the vendor, not restricted (section 6.15)")
VALUE = free("a number or signed data: rule about the values of meter values")

HASH = matching(HEX_BYTES, "a hash as hexadecimal digits, two for a byte", "whitepaper section 6.1")

FIELDS: Final = {
    "AuthorizeRequest.idTag": NAME,
    "BootNotificationRequest.chargeBoxSerialNumber": NAME,
    "BootNotificationRequest.chargePointModel": NAME,
    "BootNotificationRequest.chargePointSerialNumber": NAME,
    "BootNotificationRequest.chargePointVendor": NAME,
    "BootNotificationRequest.firmwareVersion": NAME,
    "BootNotificationRequest.iccid": NAME,
    "BootNotificationRequest.imsi": NAME,
    "BootNotificationRequest.meterSerialNumber": NAME,
    "BootNotificationRequest.meterType": NAME,
    "CertificateHashDataType.issuerKeyHash": HASH,
    "CertificateHashDataType.issuerNameHash": HASH,
    "CertificateHashDataType.serialNumber": matching(
        HEX_NUMBER, "a hexadecimal number without leading zeroes", "whitepaper section 6.1"
    ),
    "DataTransferRequest.data": DATA,
    "DataTransferRequest.messageId": NAME,
    "DataTransferRequest.vendorId": NAME,
    "DataTransferResponse.data": DATA,
    "GetConfigurationResponse.unknownKey": NAME,
    "GetDiagnosticsResponse.fileName": NAME,
    "GetLogResponse.filename": NAME,
    "KeyValue.key": NAME,
    "KeyValue.value": TEXT,  # that of a standardized key: rule about the values of configuration keys
    "SampledValue.value": VALUE,
    "SecurityEventNotificationRequest.techInfo": TEXT,
    "SecurityEventNotificationRequest.type": NAME,
    "SignCertificateRequest.csr": pem("(?:NEW )?CERTIFICATE REQUEST", "whitepaper section 5.17"),
    "StartTransactionRequest.idTag": NAME,
    "StatusNotificationRequest.info": TEXT,
    "StatusNotificationRequest.vendorErrorCode": NAME,
    "StatusNotificationRequest.vendorId": NAME,
    "StopTransactionRequest.idTag": NAME,
}
"""Every text in a message of a station. A date-time is one of its JSON schema."""

DATA_TYPES: Final = DataTypes(V16, FIELDS, times=free("a time of ISO 8601, with any number of decimals (section 3.15)"))
