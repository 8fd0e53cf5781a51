"""Wrong in block B: how a station introduces itself, its variables and reports, its ways to a CSMS, its resets."""

from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    later,
    with_arguments,
    with_fields,
)
from plugfest.rig.selftest.behaviours.patch import Patch
from plugfest.rig.selftest.behaviours.v201.b_provisioning_patches import (
    accepts,
    another_answer,
    another_reason,
    at_component_level,
    at_once,
    criteria_ignored,
    every_instance,
    no_end,
    no_fallback,
    one_attempt_less,
    only_one_slot_later,
    own_interval,
    remote_reset,
    retry_delays,
    secrets_told,
    unknown_is_rejected,
    unsolicited,
    whole_station,
    without,
    without_evse_2,
    without_the_end,
)
from plugfest.station.blocks.b_provisioning.v201 import network, reports, reset, variables
from plugfest.station.blocks.b_provisioning.v201.boot import RegistrationMessages201
from plugfest.station.blocks.g_availability.v201 import _ConnectorStatuses
from plugfest.station.connection import connection
from plugfest.station.connection.connection import Connection
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.connection.registration import Registration
from plugfest.station.device_model import model
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.reports import ReportBase

BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "the reason of a boot is always PowerUp",
        "B01.FR.09",
        "TC_B_20 TC_B_22 TC_B_41",
        Patch(RegistrationMessages201, "send_boot_notification", another_reason),
    ),
    wrong(
        "the states of the connectors are not told after a boot",
        "B01.FR.05",
        "TC_B_01",
        Patch(_ConnectorStatuses, "report_all", NOTHING),
    ),
    wrong(
        "a station that is pending does not send what it is asked for",
        "B02.FR.01, B02.FR.02",
        "TC_B_02",
        Patch(Registration, "call", unsolicited),
    ),
    wrong(
        "a rejected station boots again too early",
        "B03.FR.06",
        "TC_B_03",
        Patch(Registration, "_occurs_within", own_interval(3.0)),
    ),
    wrong(
        "a rejected station answers",
        "B03.FR.08",
        "TC_B_30",
        Patch(Registration, "check_incoming", NOTHING),
    ),
    wrong(
        "after a long silence only changes are told",
        "B04.FR.01",
        "TC_B_51",
        Patch(_ConnectorStatuses, "reconnected", lambda right: lambda self, seconds: right(self, 0.0)),
    ),
    wrong(
        "after a short silence all is told",
        "B04.FR.02",
        "TC_B_52",
        Patch(_ConnectorStatuses, "reconnected", lambda right: lambda self, seconds: right(self, 1e9)),
    ),
    wrong(
        "says that it set what it did not set",
        "B05.FR.09",
        "TC_B_35 TC_B_36 TC_B_39 TC_B_11",
        Patch(DeviceModel, "set", accepts),
    ),
    wrong(
        "a value outside of the limits is taken",
        "B05.FR.07",
        "TC_B_11",
        Patch(model, "problem", NOTHING),
    ),
    wrong(
        "what is unknown is rejected",
        "B06.FR.06",
        "TC_B_32 TC_B_33 TC_B_34",
        Patch(DeviceModel, "get", unknown_is_rejected),
    ),
    wrong(
        "the value of another attribute is answered",
        "B06.FR.03",
        "TC_B_06 TC_B_07",
        Patch(variables, "_get", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong(
        "it is not said which attribute was set",
        "B05.FR.03",
        "TC_B_09 TC_B_10",
        Patch(variables, "_set", with_fields(attribute_type=t.AttributeEnumType.Target)),
    ),
    wrong(
        "a full report lacks a variable",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", without("ResetRetries")),
    ),
    wrong(
        "a full report lacks an EVSE",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "base_report", changed(without_evse_2)),
    ),
    wrong(
        "a report tells the password",
        "B07.FR.03",
        "TC_B_12 TC_B_13 TC_B_53",
        Patch(reports, "_attribute", secrets_told),
    ),
    wrong(
        "a report tells no values",
        "B07.FR.08",
        "TC_B_53",
        Patch(reports, "_attribute", with_fields(value=UNSET)),
    ),
    wrong(
        "a configuration report tells what cannot be set",
        "B07.FR.07",
        "TC_B_12",
        Patch(
            reports,
            "base_report",
            with_arguments(lambda variables, base: (variables, ReportBase.FULL_INVENTORY)),
        ),
    ),
    wrong(
        "the last part of a configuration report says that there is more",
        "B07.FR.03",
        "TC_B_12",
        Patch(reports, "_parts", no_end),
    ),
    wrong(
        "a report does not say what values a variable can have",
        "B07.FR.08",
        "TC_B_13",
        Patch(reports, "_characteristics", with_fields(values_list=UNSET)),
    ),
    wrong(
        "a summary that the station does not have is promised",
        "B07.FR.02",
        "TC_B_15",
        Patch(reports, "claims", always(True)),
    ),
    wrong(
        "a custom report is of every EVSE",
        "B08.FR.22",
        "TC_B_17 TC_B_18",
        Patch(reports, "custom_report", at_component_level),
    ),
    wrong(
        "the criteria of a custom report do not matter",
        "B08.FR.07",
        "TC_B_18",
        Patch(reports, "custom_report", criteria_ignored),
    ),
    wrong(
        "a custom report is of every instance",
        "B08.FR.11",
        "TC_B_55",
        Patch(reports, "custom_report", every_instance),
    ),
    wrong(
        "a custom report is of one instance only",
        "B08.FR.21",
        "TC_B_54 TC_B_56",
        Patch(reports, "custom_report", changed(lambda found: found[:1])),
    ),
    wrong(
        "a custom report is never empty",
        "B08.FR.15",
        "TC_B_18",
        Patch(reports, "custom_report", lambda right: lambda model, criteria, wanted: list(model)[:1]),
    ),
    wrong(
        "any network profile is accepted",
        "B09.FR.02",
        "TC_B_43 TC_A_22",
        Patch(network, "profile_rejection", NOTHING),
    ),
    wrong(
        "any priority of the network profiles is accepted",
        "B10.FR.02",
        "TC_A_20",
        Patch(network, "priority_rejection", NOTHING),
    ),
    wrong(
        "one attempt more is made with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", only_one_slot_later),
    ),
    wrong(
        "one attempt less is made with each profile",
        "B10.FR.03",
        "TC_B_46",
        Patch(connection, "connection_attempts", one_attempt_less),
    ),
    wrong(
        "there is no way back to the last CSMS that answered",
        "B10.FR.07",
        "TC_B_49",
        Patch(connection, "connection_attempts", no_fallback),
    ),
    wrong(
        "the order of the priority does not matter",
        "B10.FR.04",
        "TC_B_45",
        Patch(NetworkProfiles, "priority", changed(lambda slots: tuple(sorted(slots)))),
    ),
    wrong(
        "reconnects without waiting longer each time",
        "Part 4 section 5.3",
        "TC_B_57",
        Patch(Connection, "_backoff", retry_delays(5.0)),
    ),
    wrong(
        "a reset is accepted and not done",
        "B11.FR.03",
        "TC_B_20",
        Patch(reset.ResetBlock, "_reset", later(None)),
    ),
    wrong(
        "a reset on idle is done at once",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset.ResetBlock, "_reset_when_idle", at_once),
    ),
    wrong(
        "a scheduled reset is said to be accepted",
        "B12.FR.01",
        "TC_B_21",
        Patch(reset, "_answer", another_answer(t.ResetStatusEnumType.Accepted)),
    ),
    wrong(
        "a scheduled reset boots with reason RemoteReset",
        "B01.FR.09",
        "TC_B_21",
        Patch(reset.ResetBlock, "_reset", remote_reset),
    ),
    wrong(
        "a reset does not end the transaction",
        "B12.FR.04",
        "TC_B_22",
        Patch(reset.ResetBlock, "_reset", without_the_end),
    ),
    wrong(
        "the reset of an EVSE is one of the station",
        "B11.FR.08",
        "TC_B_25 TC_B_26",
        Patch(reset.ResetBlock, "_reset", whole_station),
    ),
    wrong(
        "the reset of an EVSE is refused",
        "B11.FR.08",
        "TC_B_25 TC_B_26",
        Patch(reset, "claims", always(False)),
    ),
)
