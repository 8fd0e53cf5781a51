"""When Python collects garbage."""

import gc

from plugfest.garbage_collection import no_collection


def test_nothing_is_collected_in_the_block() -> None:
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collection_that_was_off_stays_off() -> None:
    with no_collection(), no_collection():
        pass
    assert gc.isenabled()
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
