"""The whole device model of one product."""

from plugfest.hardware.ports import Hardware
from plugfest.products import Product
from plugfest.station.device_model.infrastructure import infrastructure_variables
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.standard import controller_variables
from plugfest.station.storage.store import Store


def build_device_model(product: Product, hardware: Hardware, store: Store) -> DeviceModel:
    """The product's variables with the values in the store."""
    return DeviceModel([*controller_variables(product), *infrastructure_variables(product, hardware)], store)
