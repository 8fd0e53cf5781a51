"""Meter values of OCPP 1.6."""

from tests.lab.v16.rules.talk import Talk, broken_at, reading

from plugfest.lab.v16.rules.meter_values import energy_in_time, energy_register, meter_of_transaction

# Registers


def metered(*values: object, **sample: object) -> Talk:
    talk = Talk()
    talk.start(0)
    for at, value in enumerate(values):
        talk.meter(at, reading(at, value, **sample), transactionId=7)
    return talk


def test_a_register_that_goes_down_is_found() -> None:
    for talk, frames in ((metered(5, 7, 7), []), (metered(5, 7, "6.2"), []), (metered(5, 7, "5.9"), [6])):
        assert broken_at(energy_register(talk.ledger), talk) == frames


def test_what_is_no_register_may_go_down_and_what_is_signed_cannot_be_read() -> None:
    for sample in ({"measurand": "Power.Active.Import"}, {"format": "SignedData"}):
        talk = metered(5, 4, **sample)
        assert broken_at(energy_register(talk.ledger), talk) == []
    talk = metered(5, "much")
    assert broken_at(energy_register(talk.ledger), talk) == []


def test_units_and_places_count() -> None:
    talk = Talk()
    talk.meter(1, reading(1, 900, unit="Wh"), reading(2, 1, unit="kWh"), reading(3, 5, location="Inlet"))
    assert broken_at(energy_register(talk.ledger), talk) == []
    talk.meter(4, reading(4, 998, location="Outlet"))
    assert broken_at(energy_register(talk.ledger), talk) == [2]


def test_the_readings_at_the_end_of_a_transaction_are_of_the_same_register() -> None:
    talk = metered(5)
    talk.stop(9, transactionData=[reading(9, 3)])
    assert broken_at(energy_register(talk.ledger), talk) == [4]


def test_a_transaction_begins_with_the_meter_where_the_last_one_left_it() -> None:
    talk = Talk()
    talk.start(0)
    talk.stop(9)
    talk.start(20)
    assert broken_at(energy_register(talk.ledger), talk) == [4]


def test_what_an_earlier_case_has_told_is_not_found_again() -> None:
    talk = Talk()
    talk.meter(1, reading(1, 900))
    talk.start(5)
    talk.stop(9)
    later = Talk()
    later.ledger = talk.ledger
    for _ in range(3):
        later.said(10, "Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})
    assert broken_at(energy_register(talk.ledger), talk) == [2]
    later.frames[:4] = []
    assert broken_at(energy_register(talk.ledger), later) == []


def test_energy_that_cannot_have_flowed_in_the_time_is_found() -> None:
    for values, frames in (((0, 1_050), []), ((0, 5_000), [4]), ((0, "1.05"), [])):
        talk = metered(*values)
        assert broken_at(energy_in_time(talk.ledger), talk) == frames
    talk = metered(0, 5, unit="kWh")
    assert broken_at(energy_in_time(talk.ledger), talk) == [4]


def ended(**context: object) -> Talk:
    talk = Talk()
    talk.start(0)
    talk.stop(9, transactionData=[reading(9, 3, **context)])
    return talk


def test_the_meter_of_a_transaction_is_told_alike_in_both_places() -> None:
    for context, frames in (
        ({"context": "Transaction.End"}, [2]),
        ({"context": "Transaction.Begin"}, [2]),
        ({"context": "Transaction.Begin", "measurand": "Voltage"}, []),
        ({"context": "Transaction.Begin", "phase": "L1"}, []),
        ({"context": "Sample.Periodic"}, []),
    ):
        talk = ended(**context)
        assert broken_at(meter_of_transaction(talk.ledger), talk) == frames
    talk = metered("0.4", context="Transaction.Begin")
    assert broken_at(meter_of_transaction(talk.ledger), talk) == []
    talk = metered(40, context="Transaction.Begin")
    assert broken_at(meter_of_transaction(talk.ledger), talk) == [2]
