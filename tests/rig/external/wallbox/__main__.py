"""The wallbox and its fixture in a process of their own.

python -m tests.rig.external.wallbox CSMS_URL IDENTITY PASSWORD FIXTURE_PORT [MODEL]
"""

import asyncio
import sys

from tests.rig.external.wallbox.device import MODELS, Wallbox
from tests.rig.external.wallbox.fixture import Fixture


async def main(csms_url: str, identity: str, password: str, port: str, model: str = "authorized") -> None:
    wallbox = Wallbox(MODELS[model])
    wallbox.provision(csms_url, identity, password, 1, None)
    async with await Fixture(wallbox).listen(int(port)):
        await wallbox.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
