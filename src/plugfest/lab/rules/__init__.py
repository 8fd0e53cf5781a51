"""Rules that hold in every case (Part 6 section 2.1), judged from what was recorded when the case has ended.

One file a rule. What OCPP-J and every version demand is here, what OCPP 2.0.1 demands in `v201`.
"""
