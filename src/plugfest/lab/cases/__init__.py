"""The written cases: a folder an OCPP version and block, a file a use case, a function a case."""
