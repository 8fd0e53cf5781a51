"""Rules that hold in every case (Part 6 section 2.1), judged from the ledger when a case ends."""
