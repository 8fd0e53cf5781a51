"""A fleet on a Ray cluster of two nodes on this computer."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fleet.csms_process import running_csms
from tests.fleet.plans import plan_of

import plugfest
from plugfest.cli.main import main
from plugfest.fleet.folder import StoredFleet
from plugfest.fleet.plan import PlanError, shares

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"
)

HEAD, OTHER = "127.0.0.2", "127.0.0.3"
"""Not 127.0.0.1, which Ray replaces by an address of the network."""

STORE = 80 * 2**20


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster with one processor on each of two nodes: two processes are on different nodes."""
    from ray.cluster_utils import Cluster

    source = str(Path(plugfest.__file__).parents[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))
        options: dict[str, Any] = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
        running = Cluster(initialize_head=True, head_node_args={**options, "node_ip_address": HEAD})
        running.add_node(**options, node_ip_address=OTHER)
        try:
            yield running.address
        finally:
            running.shutdown()


def test_two_nodes_run_the_stations_and_report_as_one(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUGFEST_PASSWORD", "a-password-of-16")
    options = ("--rate", "100", "--duration", "2 s", "--ray", cluster, "--result", str(tmp_path / "result"))
    with running_csms() as url, pytest.raises(SystemExit) as ended:
        main(["fleet", "6", "--csms", url, "--product", "reference-ac", *options])
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed
    assert f"6 stations in 2 processes on the Ray cluster {cluster}" in printed.out
    result = StoredFleet(tmp_path / "result").result()
    assert (result.now.accepted, result.fleet.workers) == (6, 2)
    assert result.latencies["BootNotification"].count == 6
    assert result.errors == {}


def test_stations_that_cannot_be_commissioned_are_named(cluster: str) -> None:
    from plugfest.fleet.ray_cluster import ray_workers
    from plugfest.fleet.worker import WorkerFailed

    async def prepare() -> None:
        async with asyncio.timeout(60), ray_workers(cluster, shares(plan_of(variables={"A.B": "1"}), 1)) as workers:
            while True:
                await workers.report()

    with pytest.raises(WorkerFailed, match=r"CS00001: this product has no variable A\.B"):
        asyncio.run(prepare())


def test_a_fleet_that_needs_more_processors_is_refused(cluster: str) -> None:
    from plugfest.fleet.ray_cluster import ray_workers

    async def begin() -> None:
        async with ray_workers(cluster, shares(plan_of(stations=9), 9)):
            pass

    with pytest.raises(PlanError, match="--jobs 9: the cluster has 2 processors"):
        asyncio.run(begin())


def test_a_cluster_that_cannot_be_reached_is_named() -> None:
    from plugfest.fleet.ray_cluster import processors

    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(PlanError, match=f"--ray {address}: no Ray cluster can be reached there: Connection refused"):
        processors(address)
    with pytest.raises(PlanError, match="--ray nonsense: Invalid address format"):
        processors("nonsense")
