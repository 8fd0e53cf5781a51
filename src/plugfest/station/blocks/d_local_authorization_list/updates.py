"""Updates of the Local Authorization List: decides, and applies what is accepted."""

from typing import Final

from plugfest.station.blocks.d_local_authorization_list.rules import (
    Decision,
    Limits,
    ListUpdate,
    SendLocalListStatus,
    decide,
)
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.authorization.local_list import LocalList, Usage

_CONTROLLER: Final = "LocalAuthListCtrlr"

_UNLIMITED: Final = 2**31


def apply(local_list: LocalList, update: ListUpdate, *, version: int, limits: Limits) -> Decision:
    """Decide about an update and store it if it is accepted. `version`: of the stored list, as it is reported."""
    changes = dict(update.entries)
    after = local_list.usage_after(changes, full=update.full)
    decision = decide(update, version=version, after=after, limits=limits)
    if decision.status is not SendLocalListStatus.ACCEPTED:
        return decision
    if update.full:
        local_list.replace(update.version, {token: info for token, info in changes.items() if info is not None})
    else:
        local_list.update(update.version, changes)
    return decision


def limits_of(model: DeviceModel) -> Limits:
    """The limits that the variables report. OCPP 1.6 has none in bytes."""
    return Limits(
        message=Usage(model.integer(_CONTROLLER, "ItemsPerMessage"), _bytes_per_message(model)),
        list=Usage(_maximum(model, "Entries"), _maximum(model, "Storage")),
    )


def _bytes_per_message(model: DeviceModel) -> int:
    return model.integer(_CONTROLLER, "BytesPerMessage", default=_UNLIMITED)


def _maximum(model: DeviceModel, variable: str) -> int:
    if not model.has(_CONTROLLER, variable):
        return _UNLIMITED
    maximum = model.variable(_CONTROLLER, variable).characteristics.maximum
    return _UNLIMITED if maximum is None else int(maximum)
