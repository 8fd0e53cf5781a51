"""`plugfest fleet`: many stations at one CSMS."""
