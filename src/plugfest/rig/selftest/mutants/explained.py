"""Mutants that the lab need not detect, with the reasons. Any other survivor is a gap in a case."""

from collections.abc import Callable

import msgspec

from plugfest.rig.selftest.mutants.mutant import Fault, Mutant


class Explanation(msgspec.Struct, frozen=True):
    """The reason why some mutants may survive."""

    matches: Callable[[Mutant], bool]
    reason: str


OPTIONAL_STATUSES_V201 = {
    **dict.fromkeys(("TC_L_01_CS", "TC_L_11_CS"), (3, 4)),
    **dict.fromkeys(("TC_L_02_CS", "TC_L_03_CS", "TC_L_10_CS"), (4, 5)),
    **dict.fromkeys(("TC_L_12_CS", "TC_L_13_CS", "TC_L_14_CS", "TC_L_15_CS"), (4, 5)),
}
"""The FirmwareStatusNotifications of our station with Installing and InstallRebooting, by their numbers."""

REPEATED_STATUS_CASES = ("TC_F_16_CS", "TC_F_19_CS")

FIRST_STATUSES_V16 = {
    "TC_044_2_CS": ("FirmwareStatusNotification", 0),
    "TC_044_3_CS": ("FirmwareStatusNotification", 2),
    "TC_045_2_CS": ("DiagnosticsStatusNotification", 0),
}
"""The status notifications of OCPP 1.6 for the start of a download, installation or upload that then fails."""


OPTIONAL_STATUSES_V16 = {"TC_080_CS": (3, 4)}
"""The SignedFirmwareStatusNotifications with Installing and InstallRebooting, by their numbers."""


def _is_omitted(mutant: Mutant, action: str) -> bool:
    return mutant.fault is Fault.OMITTED and mutant.place.action == action


def _is_v16(mutant: Mutant) -> bool:
    """Ids of 1.6 begin with a number, `TC_003_CS`; those of 2.0.1 with a block, `TC_E_09_CS`."""
    return mutant.case.removeprefix("TC_")[:1].isdigit()


EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        lambda mutant: mutant.case == "TC_B_57_CS" and mutant.fault is Fault.UNSOLICITED,
        "the scenario starts with a connection loss: messages in transit are lost",
    ),
    Explanation(
        lambda mutant: mutant.case == "TC_B_02_CS" and _is_omitted(mutant, "BootNotification"),
        "the CSMS answered Pending, so the station sends BootNotification again; the lab accepts the later one",
    ),
    Explanation(
        lambda mutant: (
            mutant.case in ("TC_001_CS", "TC_002_CS") and _is_omitted(mutant, "Heartbeat") and mutant.place.number == 0
        ),
        "the statuses after the boot are in the first interval: its heartbeat may be skipped (1.6 section 4.6)",
    ),
    Explanation(
        lambda mutant: mutant.case == "TC_044_1_CS" and _is_omitted(mutant, "BootNotification"),
        "a firmware update need not reboot the station, and the lab sees it connect again",
    ),
    Explanation(
        lambda mutant: (
            mutant.place.action == "FirmwareStatusNotification"
            and mutant.fault is Fault.OMITTED
            and mutant.place.number in OPTIONAL_STATUSES_V201.get(mutant.case, ())
        ),
        "a boot loader need not report Installing (L01.FR.23), nor a station InstallRebooting (L01.FR.32)",
    ),
    Explanation(
        lambda mutant: (
            mutant.case == "TC_L_07_CS"
            and mutant.place.action == "FirmwareStatusNotification"
            and mutant.place.number == 0
            and mutant.fault in (Fault.OMITTED, Fault.TWICE)
        ),
        "Downloading is optional in Part 6, and a station may report it before each attempt (L01.FR.30)",
    ),
    Explanation(
        lambda mutant: (
            mutant.case == "TC_L_12_CS" and mutant.step == "step 7" and mutant.place.action == "StatusNotification"
        ),
        "the update starts on unplugging and makes the connector Unavailable: the next status is sufficient",
    ),
    Explanation(
        lambda mutant: mutant.case in REPEATED_STATUS_CASES and mutant.fault is Fault.TWICE and mutant.step == "step 3",
        "a station may report the start of each attempt (L01.FR.30, N01.FR.10)",
    ),
    Explanation(
        lambda mutant: _is_v16(mutant) and mutant.place.action == "Authorize" and mutant.fault is Fault.TWICE,
        "no clause of 1.6 limits how often a Charge Point asks for the authorization of a presented idTag",
    ),
    Explanation(
        lambda mutant: (
            FIRST_STATUSES_V16.get(mutant.case) == (mutant.place.action, mutant.place.number)
            and mutant.fault is Fault.OMITTED
        ),
        "1.6 sections 4.4 and 4.5 require no progress: a station that fails at once may report only the failure",
    ),
    Explanation(
        lambda mutant: (
            mutant.place.action == "SignedFirmwareStatusNotification"
            and mutant.fault is Fault.OMITTED
            and mutant.place.number in OPTIONAL_STATUSES_V16.get(mutant.case, ())
        ),
        "the whitepaper makes Installing optional for a boot loader (L01.FR.22), and InstallRebooting (6.8)",
    ),
    Explanation(
        lambda mutant: mutant.place.action == "GetCertificateStatus" and mutant.fault is Fault.TWICE,
        "a station may refresh the status of its certificates as often as it likes (M06.FR.10)",
    ),
    Explanation(
        lambda mutant: mutant.place.action == "NotifyEVChargingNeeds" and mutant.fault is Fault.TWICE,
        "the lab does not see what the EV sends: it may renegotiate at any time (K17.FR.01)",
    ),
)


def explanation(mutant: Mutant) -> str | None:
    """Why this mutant may survive; None if the lab should detect it."""
    return next((each.reason for each in EXPLANATIONS if each.matches(mutant)), None)
