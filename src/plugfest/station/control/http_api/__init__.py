"""The control API of a virtual station over HTTP: operations, states, waits, frames and an event stream."""
