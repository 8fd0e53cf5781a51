"""What a station takes from its product and its settings: capabilities, virtual hardware, provisioning."""
