"""Conversions between the messages of OCPP 2.0.1 and the types of the model, for several blocks."""

from collections.abc import Iterable
from typing import Final

from plugfest.hardware.ports import FormattedText, TextFormat
from plugfest.ocpp.message import UNSET, UnsetType, given
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.v201.types import ComponentType, EVSEType, StatusInfoType, VariableType
from plugfest.security.certificates import CertificateHash, HashAlgorithm
from plugfest.security.ocsp import OcspData
from plugfest.station.blocks.conversion.times import in_utc
from plugfest.station.device_model.reports import ComponentVariable
from plugfest.station.device_model.variables import Address, Component
from plugfest.station.model.authorization.tokens import Token, TokenInfo
from plugfest.station.model.connectors.availability import Place
from plugfest.station.model.metering.measurands import ReadingContext, Sample, SampledValue, Signature

_REASON_LENGTH: Final = 20
_DETAIL_LENGTH: Final = 512


def component_of(component: ComponentType) -> Component:
    """The component that a message names."""
    evse = given(component.evse)
    return Component(
        component.name,
        given(component.instance) or None,
        None if evse is None else evse.id,
        None if evse is None else given(evse.connector_id),
    )


def address_of(component: ComponentType, variable: VariableType) -> Address:
    """The variable that a message names."""
    return Address(component_of(component), variable.name, given(variable.instance) or None)


def requested_variables(items: Iterable[t.ComponentVariableType]) -> list[ComponentVariable]:
    """The components and variables that a message asks for."""
    return [_requested_variable(component_of(item.component), given(item.variable)) for item in items]


def _requested_variable(component: Component, variable: VariableType | None) -> ComponentVariable:
    if variable is None:
        return ComponentVariable(component)
    return ComponentVariable(component, variable.name, given(variable.instance))


def component_type(component: Component) -> ComponentType:
    """A component as it is sent."""
    evse: EVSEType | UnsetType = UNSET
    if component.evse_id is not None:
        connector_id = UNSET if component.connector_id is None else component.connector_id
        evse = EVSEType(id=component.evse_id, connector_id=connector_id)
    return ComponentType(name=component.name, instance=component.instance or UNSET, evse=evse)


def variable_type(address: Address) -> VariableType:
    """A variable as it is sent."""
    return VariableType(name=address.variable, instance=address.instance or UNSET)


def status_info(reason: str, detail: str | None = None) -> StatusInfoType:
    """Why a request was not accepted: a reason code of Part 2 appendix 5, and details in words."""
    return StatusInfoType(
        reason_code=reason[:_REASON_LENGTH], additional_info=detail[:_DETAIL_LENGTH] if detail else UNSET
    )


def token_of(token: t.IdTokenType) -> Token:
    """The token that a message names."""
    additional = tuple((info.additional_id_token, info.type) for info in given(token.additional_info) or ())
    return Token(token.id_token, token.type.value, additional)


def id_token_type(token: Token) -> t.IdTokenType:
    """A token as it is sent."""
    additional = [t.AdditionalInfoType(additional_id_token=text, type=kind) for text, kind in token.additional]
    return t.IdTokenType(
        id_token=token.id_token, type=t.IdTokenEnumType(token.type), additional_info=additional or UNSET
    )


def token_info_of(info: t.IdTokenInfoType) -> TokenInfo:
    """The authorization data of a token."""
    group = given(info.group_id_token)
    return TokenInfo(
        status=info.status.value,
        group=None if group is None else group.id_token,
        cache_expiry=in_utc(given(info.cache_expiry_date_time)),
        evse_ids=tuple(given(info.evse_id) or ()),
        message=text_of(info.personal_message),
        charging_priority=given(info.charging_priority),
    )


def text_of(content: t.MessageContentType | UnsetType) -> FormattedText | None:
    """A text for drivers, as a message has it."""
    known = given(content)
    return None if known is None else FormattedText(known.content, TextFormat(known.format), given(known.language))


def message_content(text: FormattedText) -> t.MessageContentType:
    """A text for drivers as it is sent."""
    return t.MessageContentType(
        format=t.MessageFormatEnumType(text.format), content=text.text, language=text.language or UNSET
    )


def place_of(evse: t.EVSEType | UnsetType) -> Place:
    """The place that a message names; omitted: the whole station."""
    known = given(evse)
    return Place() if known is None else Place(known.id, given(known.connector_id))


def certificate_hash_of(data: t.CertificateHashDataType) -> CertificateHash:
    """The certificate that a message names."""
    return CertificateHash(
        HashAlgorithm(data.hash_algorithm), data.issuer_name_hash, data.issuer_key_hash, data.serial_number
    )


def ocsp_request_data(data: OcspData) -> t.OCSPRequestDataType:
    """The data of an OCSP request as they are sent."""
    return t.OCSPRequestDataType(
        hash_algorithm=t.HashAlgorithmEnumType(data.hashes.hash_algorithm),
        issuer_name_hash=data.hashes.issuer_name_hash,
        issuer_key_hash=data.hashes.issuer_key_hash,
        serial_number=data.hashes.serial_number,
        responder_url=data.responder_url,
    )


def meter_values(samples: tuple[Sample, ...]) -> list[t.MeterValueType]:
    """Samples as they are sent."""
    return [
        t.MeterValueType(
            timestamp=sample.at, sampled_value=[_sampled_value(value, sample.context) for value in sample.values]
        )
        for sample in samples
    ]


def _sampled_value(value: SampledValue, sampling: ReadingContext) -> t.SampledValueType:
    return t.SampledValueType(
        value=value.value,
        context=t.ReadingContextEnumType(sampling.value),
        measurand=t.MeasurandEnumType(value.measurand),
        phase=UNSET if value.phase is None else t.PhaseEnumType(value.phase),
        location=t.LocationEnumType(value.location),
        unit_of_measure=UNSET if value.unit is None else t.UnitOfMeasureType(unit=value.unit),
        signed_meter_value=UNSET if value.signature is None else _signed(value.signature),
    )


def _signed(signature: Signature) -> t.SignedMeterValueType:
    return t.SignedMeterValueType(
        signed_meter_data=signature.data,
        signing_method=signature.signing_method,
        encoding_method=signature.encoding_method,
        public_key=signature.public_key,
    )
