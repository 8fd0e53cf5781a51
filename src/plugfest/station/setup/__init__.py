"""From a product to a station: capabilities, virtual hardware, provisioning."""
