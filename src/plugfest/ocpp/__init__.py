"""OCPP-J without I/O: messages, frames and the RPC layer."""
