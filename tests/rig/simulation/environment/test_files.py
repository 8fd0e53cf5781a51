"""File servers in memory: they fail as the network does."""

import asyncio
import io

import pytest

from plugfest.clock import run_simulated
from plugfest.rig.simulation.environment.files import FAILING, STALL_TIMEOUT, WORKING, SimulatedFiles
from plugfest.rig.simulation.environment.network import MemoryWebSocket, Network
from plugfest.transfer.errors import TransferFailed, TransferFault


def refuse(websocket: MemoryWebSocket) -> None:
    raise AssertionError("no CSMS is needed")


def fetched(host: str, silence: float = 0.0) -> tuple[bytes, float]:
    """What is fetched, and the seconds that it takes."""

    async def main() -> tuple[bytes, float]:
        network, sink = Network(refuse), io.BytesIO()  # type: ignore[arg-type]
        network.silence(silence)
        await SimulatedFiles(network, b"image").fetch(f"http://{host}/file", sink, tls=None, max_size=100)
        return sink.getvalue(), asyncio.get_running_loop().time()

    return run_simulated(main())


def test_a_file_arrives_after_the_silence_of_the_network() -> None:
    assert fetched(WORKING)[0] == b"image"
    assert fetched(WORKING, silence=20.0)[1] - fetched(WORKING)[1] == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("host", "silence", "fault"),
    [(FAILING, 0.0, TransferFault.FAILED), (WORKING, STALL_TIMEOUT + 1, TransferFault.STALLED)],
)
def test_a_transfer_fails(host: str, silence: float, fault: TransferFault) -> None:
    with pytest.raises(TransferFailed) as failed:
        fetched(host, silence)
    assert failed.value.fault is fault
