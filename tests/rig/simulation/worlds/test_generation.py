"""Worlds that follow from a seed."""

from typing import get_args

import msgspec

from plugfest.rig.simulation.worlds import events as e
from plugfest.rig.simulation.worlds.generation import generate
from plugfest.rig.simulation.worlds.world import World, all_products, stage

WORLDS = [generate(seed) for seed in range(400)]


def test_every_kind_of_event_and_every_product_occurs() -> None:
    kinds = {type(event) for world in WORLDS for event in world.events}
    assert kinds == set(get_args(e.AnyEvent)) - {e.DiskFull}
    assert {world.product for world in WORLDS} == set(all_products())


def test_events_are_in_the_order_of_their_times_and_have_a_text() -> None:
    for world in WORLDS:
        times = [event.at for event in world.events]
        assert times == sorted(times)
        assert all(str(event) for event in world.events)


def test_settings_are_those_that_the_product_permits() -> None:
    for world in WORLDS:
        permitted = stage(world.product).settings
        assert all(value in permitted[name] for name, value in world.settings.items())


def test_a_world_is_plain_data() -> None:
    world = WORLDS[0]
    assert msgspec.json.decode(msgspec.json.encode(world), type=World) == world


def test_a_product_can_be_chosen() -> None:
    assert generate(7, "reference-16-ac").product == "reference-16-ac"
