"""Mutants that a lab need not notice, each with the reason. A survivor that is not here is a gap in a case."""

from collections.abc import Callable

import msgspec

from plugfest.rig.selftest.mutants.mutant import Fault, Mutant


class Explanation(msgspec.Struct, frozen=True):
    """Why some mutants may live."""

    fits: Callable[[Mutant], bool]
    reason: str


SILENT_REBOOTS = {
    **dict.fromkeys(("TC_L_01_CS", "TC_L_11_CS"), (3, 4)),
    **dict.fromkeys(("TC_L_02_CS", "TC_L_03_CS", "TC_L_10_CS"), (4, 5)),
    **dict.fromkeys(("TC_L_12_CS", "TC_L_13_CS", "TC_L_14_CS", "TC_L_15_CS"), (4, 5)),
}
"""Which FirmwareStatusNotifications of our virtual station are Installing and InstallRebooting."""

BEFORE_A_TRIGGER = ("TC_F_16_CS", "TC_F_19_CS")

BEGINNINGS_OF_1_6 = {
    "TC_044_2_CS": ("FirmwareStatusNotification", 0),
    "TC_044_3_CS": ("FirmwareStatusNotification", 2),
    "TC_045_2_CS": ("DiagnosticsStatusNotification", 0),
}
"""Where a station of OCPP 1.6 says that it begins to fetch, to install or to send what then fails."""


SILENT_REBOOTS_OF_1_6 = {"TC_080_CS": (3, 4)}
"""Which SignedFirmwareStatusNotifications are Installing and InstallRebooting."""


def _left_out(mutant: Mutant, action: str) -> bool:
    return mutant.fault is Fault.LEFT_OUT and mutant.place.action == action


EXPLANATIONS: tuple[Explanation, ...] = (
    Explanation(
        lambda mutant: mutant.case == "TC_B_57_CS" and mutant.fault is Fault.UNASKED,
        "the scenario begins by cutting the line: what was on it is lost",
    ),
    Explanation(
        lambda mutant: mutant.case == "TC_B_02_CS" and _left_out(mutant, "BootNotification"),
        "the CSMS has told the station to wait, so it boots again, and the lab sees a station that came later",
    ),
    Explanation(
        lambda mutant: mutant.case == "TC_044_1_CS" and _left_out(mutant, "BootNotification"),
        "whether new firmware takes a reboot is the station's affair, and this one is seen to connect again",
    ),
    Explanation(
        lambda mutant: (
            mutant.place.action == "FirmwareStatusNotification"
            and mutant.fault is Fault.LEFT_OUT
            and mutant.place.number in SILENT_REBOOTS.get(mutant.case, ())
        ),
        "L01.FR.23 lets a boot loader keep silent, and by L01.FR.32 a station need not say that it reboots",
    ),
    Explanation(
        lambda mutant: (
            mutant.case == "TC_L_07_CS"
            and mutant.place.action == "FirmwareStatusNotification"
            and mutant.place.number == 0
            and mutant.fault in (Fault.LEFT_OUT, Fault.TWICE)
        ),
        "Part 6 makes Downloading optional, and L01.FR.30 lets a station say it before each attempt",
    ),
    Explanation(
        lambda mutant: (
            mutant.case == "TC_L_12_CS" and mutant.step == "step 7" and mutant.place.action == "StatusNotification"
        ),
        "the update begins as the cable comes out, and closes the connector: Unavailable is told next, which will do",
    ),
    Explanation(
        lambda mutant: mutant.case in BEFORE_A_TRIGGER and mutant.fault is Fault.TWICE and mutant.step == "step 3",
        "a station may say that it begins before each attempt (L01.FR.30, N01.FR.10)",
    ),
    Explanation(
        lambda mutant: (
            BEGINNINGS_OF_1_6.get(mutant.case) == (mutant.place.action, mutant.place.number)
            and mutant.fault is Fault.LEFT_OUT
        ),
        "1.6 sections 4.4 and 4.5 name no progress that has to be told: whoever fails at once says that he failed",
    ),
    Explanation(
        lambda mutant: (
            mutant.place.action == "SignedFirmwareStatusNotification"
            and mutant.fault is Fault.LEFT_OUT
            and mutant.place.number in SILENT_REBOOTS_OF_1_6.get(mutant.case, ())
        ),
        "the whitepaper lets a boot loader keep silent (L01.FR.22), and a reboot that is part of installing (6.8)",
    ),
)


def explanation(mutant: Mutant) -> str | None:
    """Why this mutant may live; None if it should have been noticed."""
    return next((one.reason for one in EXPLANATIONS if one.fits(mutant)), None)
