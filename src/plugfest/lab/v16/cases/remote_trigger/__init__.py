"""Remote trigger: messages that the CSMS asks for."""
