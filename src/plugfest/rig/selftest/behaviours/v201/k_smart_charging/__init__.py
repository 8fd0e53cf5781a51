"""Block K: charging profiles, composite schedules and reports."""

from plugfest.rig.selftest.behaviours.v201.k_smart_charging import profiles, reports

BEHAVIOURS = (*profiles.BEHAVIOURS, *reports.BEHAVIOURS)
