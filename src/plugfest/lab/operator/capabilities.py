"""What an operator may be unable to do, in the words of `--cannot` and of a fixture's list of actions."""

import enum


class Capability(enum.StrEnum):
    """An action of the operator, together with the one that reverses it."""

    PLUG_IN = "plug_in"
    UNPLUG = "unplug"
    UNPLUG_ONE_END = "unplug_one_end"
    PRESENT_TOKEN = "present_token"
    PARK = "park"
    EV_SUSPEND = "ev_suspend"
    EV_PREPARE = "ev_prepare"
    EV_RENEGOTIATE = "ev_renegotiate"
    EV_STOP = "ev_stop"
    FAULT = "fault"
    JAM_LOCK = "jam_lock"
    SET_MEASURED_VALUE = "set_measured_value"
    CHOOSE_SESSIONS = "choose_sessions"
    READ_DISPLAY = "read_display"
    STORE_CUSTOMER = "store_customer"
    CUSTOMER_STORAGE = "customer_storage"
    LOG_STORAGE = "log_storage"
    EXTERNAL_LIMIT = "external_limit"
    POWER_CYCLE = "power_cycle"
    NETWORK = "network"
    COMMISSION = "commission"
    INSTALL_ROOT = "install_root"
    FIRMWARE = "firmware"

    @property
    def description(self) -> str:
        """The action as it follows "cannot"."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS = {
    Capability.PLUG_IN: "plug in",
    Capability.UNPLUG: "unplug",
    Capability.UNPLUG_ONE_END: "unplug one end of a cable",
    Capability.PRESENT_TOKEN: "present a token",
    Capability.PARK: "park an EV or drive it out",
    Capability.EV_SUSPEND: "suspend and resume charging at the EV",
    Capability.EV_PREPARE: "bring an EV that communicates by ISO 15118",
    Capability.EV_RENEGOTIATE: "let the EV renegotiate its charging schedule",
    Capability.EV_STOP: "let the EV end its session",
    Capability.FAULT: "cause and clear a fault",
    Capability.JAM_LOCK: "block and release a lock",
    Capability.SET_MEASURED_VALUE: "bring a measured value to another one",
    Capability.CHOOSE_SESSIONS: "select transactions in the menu of the station",
    Capability.READ_DISPLAY: "read the display of the station",
    Capability.STORE_CUSTOMER: "store data about a customer",
    Capability.CUSTOMER_STORAGE: "make the customer information of the station unavailable and available again",
    Capability.LOG_STORAGE: "make the logs of the station unavailable and available again",
    Capability.EXTERNAL_LIMIT: "set a limit beside the CSMS and release it",
    Capability.POWER_CYCLE: "switch the station off and on",
    Capability.NETWORK: "disconnect and connect the network",
    Capability.COMMISSION: "commission the station",
    Capability.INSTALL_ROOT: "install the root certificate of the lab in the station",
    Capability.FIRMWARE: "provide firmware for the station",
}

PROVIDED = frozenset({Capability.INSTALL_ROOT, Capability.FIRMWARE})
"""What the user provides before the campaign. No action requests it."""

ACTIONS = {
    "plug_in": Capability.PLUG_IN,
    "unplug": Capability.UNPLUG,
    "present_token": Capability.PRESENT_TOKEN,
    "park": Capability.PARK,
    "leave": Capability.PARK,
    "ev_suspend": Capability.EV_SUSPEND,
    "ev_resume": Capability.EV_SUSPEND,
    "ev_prepare": Capability.EV_PREPARE,
    "ev_renegotiate": Capability.EV_RENEGOTIATE,
    "ev_stop": Capability.EV_STOP,
    "fault": Capability.FAULT,
    "jam_lock": Capability.JAM_LOCK,
    "set_measured_value": Capability.SET_MEASURED_VALUE,
    "choose_sessions": Capability.CHOOSE_SESSIONS,
    "display_shows": Capability.READ_DISPLAY,
    "store_customer": Capability.STORE_CUSTOMER,
    "customer_storage": Capability.CUSTOMER_STORAGE,
    "log_storage": Capability.LOG_STORAGE,
    "external_limit": Capability.EXTERNAL_LIMIT,
    "power_cycle": Capability.POWER_CYCLE,
    "network": Capability.NETWORK,
    "commission": Capability.COMMISSION,
}
"""The capability that each method of `OperatorDriver` needs; `unplug` at one side also needs UNPLUG_ONE_END."""
