"""What the forms of a station send."""

import msgspec
import pytest

from plugfest.hardware.ports import LimitPeriod
from plugfest.station.control.commands import ControlError
from plugfest.station.control.operations import BY_NAME, CommunicatingEvAt, ExternalLimit, MeasuredValue
from plugfest.web.stations.operating import arguments

PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----"


def test_an_empty_limit_and_an_empty_value_are_a_release() -> None:
    limit = arguments(BY_NAME["external_limit"], {"watts": "", "periods": "", "duration": "", "source": "SO"})
    assert limit == ExternalLimit(watts=None, source="SO")
    fields = {"component": "EVSE", "variable": "Power", "evse_id": "1", "value": ""}
    assert arguments(BY_NAME["set_measured_value"], fields) == MeasuredValue("EVSE", "Power", None, 1)


def test_later_limits_follow_the_first_one() -> None:
    fields = {"watts": "11000", "periods": "600: 4000, 1200 s:7400.5 W", "duration": "3600", "evse_id": "1"}
    periods = (LimitPeriod(0, 11000), LimitPeriod(600, 4000), LimitPeriod(1200, 7400.5))
    assert arguments(BY_NAME["external_limit"], fields) == ExternalLimit(periods=periods, duration=3600, evse_id=1)


@pytest.mark.parametrize(
    "fields", [{"watts": "1", "periods": "soon"}, {"watts": "", "periods": "60: 1"}, {"watts": "1", "periods": ":,"}]
)
def test_what_is_wrong_with_later_limits_is_one_line(fields: dict[str, str]) -> None:
    with pytest.raises(ControlError, match="later limits"):
        arguments(BY_NAME["external_limit"], fields)


def test_roots_in_one_text_are_separate_certificates() -> None:
    roots = [PEM.format(name) for name in "AB"]
    fields = {"evse_id": "1", "contract": "", "v2g_roots": "\n".join(["first", *roots]), "certificate_request": ""}
    assert arguments(BY_NAME["ev_prepare"], fields) == CommunicatingEvAt(evse_id=1, v2g_roots=tuple(roots))
    fields["v2g_roots"] = "no certificate"
    assert arguments(BY_NAME["ev_prepare"], fields) == CommunicatingEvAt(evse_id=1, v2g_roots=("no certificate",))


@pytest.mark.parametrize("fields", [{"evse_id": "one"}, {}, {"evse_id": "1", "other": "x"}])
def test_other_fields_than_the_arguments_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        arguments(BY_NAME["park"], fields)
