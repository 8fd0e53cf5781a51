"""OCPP-J without input and output: messages, frames and the session between two peers."""
