"""A wallbox of OCPP 2.0.1 that is not ours, on the PyPI packages `ocpp` and `websockets`.

It was written from the specification alone. It has one Type 2 socket, a reader and an authorization cache, and security
profiles 1 to 3. Where transactions start and stop is fixed, and its device model lacks TxStartPoint and TxStopPoint.
Its answers take 1 to 2.5 seconds, and its reports have five entries in each message. It imports nothing of Plugfest. A
fixture acts at it over HTTP. It runs in a process of its own, or in the event loop of the lab.
"""
