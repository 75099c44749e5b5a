"""Corners of the Docker API's JSON that a machine without a GPU does not show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_cli.core import docker_answers, docker_requests
from workspace_cli.core.models import ContainerRequest, Limits, PortMapping

INSPECTED: dict[str, Any] = {
    "Id": "1" * 64,
    "Name": "/a",
    "Image": "sha256:1",
    "Created": "2026-11-21T08:57:36.15444465Z",
    "State": {
        "Status": "exited",
        "Running": False,
        "OOMKilled": True,
        "ExitCode": 137,
        "StartedAt": "2026-11-21T08:57:37.5Z",
        "FinishedAt": "2026-11-21T17:57:38+09:00",
    },
    "Config": {"Image": "nginx", "Env": ["A=b=c", "EMPTY="], "Labels": None},
    "HostConfig": {"RestartPolicy": {"Name": "", "MaximumRetryCount": 0}},
    "NetworkSettings": {"Networks": None, "Ports": None},
}


def gpus_of(environment: tuple[str, ...] = (), **host: Any) -> tuple[str, ...]:
    """Return the GPUs of a container with this configuration of its host's side."""
    row = {
        **INSPECTED,
        "Config": {**INSPECTED["Config"], "Env": list(environment)},
        "HostConfig": {**INSPECTED["HostConfig"], **host},
    }
    return docker_answers.container(row).gpus


def test_a_container_of_strangers_can_be_read() -> None:
    container = docker_answers.container(INSPECTED)
    assert container.exit_code == 137
    assert container.oom_killed
    assert container.restart == "no"
    assert container.limits == Limits(pids=None)
    assert container.environment == {"A": "b=c", "EMPTY": ""}
    assert container.finished is not None
    assert container.started is not None
    assert container.finished - container.started == pytest.approx(0.5)
    assert gpus_of() == ()


def test_every_way_to_be_given_gpus_is_seen() -> None:
    def asked(*names: str, **more: Any) -> list[dict[str, Any]]:
        return [{"Driver": "", "DeviceIDs": list(names), **more}]

    assert gpus_of(DeviceRequests=asked("GPU-1a", "1")) == ("GPU-1a", "1")
    assert gpus_of(DeviceRequests=asked("nvidia.com/gpu=0", "nvidia.com/gpu=GPU-1a")) == (
        "nvidia.com/gpu=0",
        "GPU-1a",
    )
    assert gpus_of(DeviceRequests=[{"Driver": "", "Count": -1, "DeviceIDs": None}]) == ("all",)
    assert gpus_of(Devices=[{"PathOnHost": "/dev/nvidia1"}, {"PathOnHost": "/dev/nvidiactl"}]) == (
        "1",
    )
    visible = ("NVIDIA_VISIBLE_DEVICES=0,GPU-2b",)
    assert gpus_of(visible, Runtime="nvidia") == ("0", "GPU-2b")
    assert gpus_of(visible, Runtime="runc") == ()
    assert gpus_of(("NVIDIA_VISIBLE_DEVICES=void",), Runtime="nvidia") == ()


@pytest.mark.parametrize(
    "backend, device_request",
    [
        ("cdi", {"Driver": "cdi", "DeviceIDs": ["nvidia.com/gpu=GPU-1a", "nvidia.com/gpu=0"]}),
        (
            "nvidia",
            {
                "Driver": "nvidia",
                "DeviceIDs": ["GPU-1a", "nvidia.com/gpu=0"],
                "Capabilities": [["gpu", "compute", "utility"]],
            },
        ),
    ],
)
def test_gpus_are_asked_for_one_by_one(backend: Any, device_request: dict[str, Any]) -> None:
    request = ContainerRequest(
        name="a", image="b", gpus=("GPU-1a", "nvidia.com/gpu=0"), gpu_backend=backend
    )
    assert docker_requests.create_body(request)["HostConfig"]["DeviceRequests"] == [device_request]


def test_without_gpus_no_device_is_asked_for() -> None:
    request = ContainerRequest(name="a", image="b", gpu_backend="nvidia")
    assert docker_requests.create_body(request)["HostConfig"]["DeviceRequests"] == []


def test_a_container_s_cpus_are_read_however_they_were_set() -> None:
    def cpus(**host: int) -> float | None:
        row = {**INSPECTED, "HostConfig": {**INSPECTED["HostConfig"], **host}}
        return docker_answers.container(row).limits.cpus

    assert cpus(NanoCpus=1_500_000_000) == 1.5
    assert cpus(CpuQuota=50_000) == 0.5
    assert cpus(CpuQuota=50_000, CpuPeriod=200_000) == 0.25
    assert cpus(CpuQuota=-1, CpuPeriod=100_000) is None


@pytest.mark.parametrize("text", ["no", "always", "unless-stopped", "on-failure", "on-failure:3"])
def test_a_restart_policy_reads_back_as_it_was_written(text: str) -> None:
    row = {**INSPECTED, "HostConfig": {"RestartPolicy": docker_requests.restart_policy(text)}}
    assert docker_answers.container(row).restart == text


def test_the_containerd_store_is_recognised() -> None:
    info = {
        "ServerVersion": "28.0.0",
        "Driver": "overlayfs",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "DockerRootDir": "/var/lib/docker",
        "OperatingSystem": "Debian",
        "NCPU": 2,
        "MemTotal": 1,
    }
    assert docker_answers.engine_info(info, {"ApiVersion": "1.48"}).containerd_image_store
    assert not docker_answers.engine_info(
        {**info, "DriverStatus": None}, {"ApiVersion": "1.48"}
    ).containerd_image_store


def test_everything_asked_for_is_told_to_the_engine() -> None:
    body = docker_requests.create_body(
        ContainerRequest(
            name="a",
            image="b",
            command=("sleep", "1"),
            hostname="nlp",
            user="1000",
            environment={"B": "2", "A": "1"},
            network="net",
            limits=Limits(
                cpus=1.5,
                memory=2**30,
                swap=2**29,
                shm_size=2**20,
                pids=10,
                open_files=4096,
                log_size=10 * 2**20,
                log_files=3,
            ),
            restart="on-failure:3",
            cap_drop=("ALL",),
            cap_add=("CHOWN",),
            security_opt=("no-new-privileges",),
            ulimits={"memlock": (-1, -1)},
            ports=(PortMapping(8080, 9200), PortMapping(6006, 9201), PortMapping(6006, 9202)),
        )
    )
    host = body.pop("HostConfig")
    assert body == {
        "Image": "b",
        "Cmd": ["sleep", "1"],
        "Hostname": "nlp",
        "User": "1000",
        "Env": ["A=1", "B=2"],
        "Labels": {},
        "ExposedPorts": {"8080/tcp": {}, "6006/tcp": {}},
        "StopTimeout": 10,
    }
    assert host["CpuQuota"] / host["CpuPeriod"] == 1.5
    assert (host["Memory"], host["MemorySwap"]) == (2**30, 3 * 2**29)
    assert (host["ShmSize"], host["PidsLimit"]) == (2**20, 10)
    assert host["NetworkMode"] == "net"
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], ["CHOWN"])
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["Ulimits"] == [
        {"Name": "memlock", "Soft": -1, "Hard": -1},
        {"Name": "nofile", "Soft": 4096, "Hard": 4096},
    ]
    assert host["LogConfig"]["Config"] == {"max-size": "10485760", "max-file": "3"}
    assert [binding["HostPort"] for binding in host["PortBindings"]["6006/tcp"]] == [
        "9201",
        "9202",
    ]


def test_nothing_that_nobody_asked_for_is_privileged_or_the_host_s() -> None:
    host = docker_requests.create_body(ContainerRequest(name="a", image="b"))["HostConfig"]
    for field in ("Privileged", "PidMode", "IpcMode", "UTSMode", "UsernsMode", "CgroupnsMode"):
        assert field not in host


def test_another_use_of_an_image_is_not_judged_by_its_health_check() -> None:
    request = ContainerRequest(name="a", image="labdock/hub")
    assert "Healthcheck" not in docker_requests.create_body(request)
    body = docker_requests.create_body(replace(request, health_check=False))
    assert body["Healthcheck"] == {"Test": ["NONE"]}
