"""All variants."""

from plugfest.rig.selftest.variants.v16 import messages as messages_v16
from plugfest.rig.selftest.variants.v16 import smart_charging as smart_charging_v16
from plugfest.rig.selftest.variants.v16 import timing as timing_v16
from plugfest.rig.selftest.variants.v201 import displays as displays_v201
from plugfest.rig.selftest.variants.v201 import events as events_v201
from plugfest.rig.selftest.variants.v201 import iso15118
from plugfest.rig.selftest.variants.v201 import local_list as local_list_v201
from plugfest.rig.selftest.variants.v201 import messages as messages_v201
from plugfest.rig.selftest.variants.v201 import monitors as monitors_v201
from plugfest.rig.selftest.variants.v201 import reservations as reservations_v201
from plugfest.rig.selftest.variants.v201 import smart_charging as smart_charging_v201
from plugfest.rig.selftest.variants.v201 import stations as stations_v201
from plugfest.rig.selftest.variants.v201 import timing as timing_v201
from plugfest.rig.selftest.variants.variant import Variant

CATALOGUE: tuple[Variant, ...] = (
    *timing_v201.VARIANTS,
    *messages_v201.VARIANTS,
    *events_v201.VARIANTS,
    *reservations_v201.VARIANTS,
    *stations_v201.VARIANTS,
    *iso15118.VARIANTS,
    *local_list_v201.VARIANTS,
    *monitors_v201.VARIANTS,
    *displays_v201.VARIANTS,
    *smart_charging_v201.VARIANTS,
    *timing_v16.VARIANTS,
    *messages_v16.VARIANTS,
    *smart_charging_v16.VARIANTS,
)


def by_name() -> dict[str, Variant]:
    """All variants by their names, which are unique."""
    return {variant.name: variant for variant in CATALOGUE}
