"""The charge point cases of OCPP 1.6, by feature profile.

Findings cite sections of OCPP 1.6 Edition 2 with its errata sheet, OCPP-J by name, and the security whitepaper by its
use cases. A docstring with "Derived" explains where a step comes from that the published descriptions of the case leave
open.
"""
