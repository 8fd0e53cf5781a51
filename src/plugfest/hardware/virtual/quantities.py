"""What an EVSE measures, and what can be imposed on its sensors."""

from enum import StrEnum


class Quantity(StrEnum):
    """A measured quantity with its unit. Voltage and current are those of each phase."""

    POWER = "W"
    VOLTAGE = "V"
    CURRENT = "A"
    ENERGY = "Wh"
    STATE_OF_CHARGE = "Percent"
    TEMPERATURE = "Celsius"
