"""Rules that hold in every case (Part 6 section 2.1), judged from the record when a case has ended.

Rules of OCPP-J and of every version are here, those of one version in `lab/v16/rules` and `lab/v201/rules`.
"""
