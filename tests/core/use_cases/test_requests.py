"""What the engine is told, and the docker lines that say the same."""

import shlex
from collections.abc import Callable
from dataclasses import replace

import pytest

from workspace_cli.core import labels, secrets
from workspace_cli.core.arguments import container_request
from workspace_cli.core.checks import checked
from workspace_cli.core.docker_line import (
    commit_lines,
    docker_line,
    restart_lines,
    rm_lines,
    run_lines,
)
from workspace_cli.core.errors import InvalidInputError, InvalidOptionError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Limits, Mount, PortMapping, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch, plan

Specs = Callable[..., WorkspaceSpec]


@pytest.mark.parametrize(
    "fields",
    [
        {"labels": {"labdock.owner": "x"}},
        {"labels": {"labdock": "x"}},
        {"labels": {"": "x"}},
        {"environment": {"LABDOCK_OWNER": "x"}},
        {"environment": {"JUPYTERHUB_API_TOKEN": "x"}},
        {"environment": {"NVIDIA_VISIBLE_DEVICES": "all"}},
        {"environment": {"A=B": "x"}},
        {"environment": {"1A": "x"}},
        {"environment": {"A": "x\0"}},
        {"restart": "sometimes"},
        {"restart": "on-failure:0"},
        {"limits": Limits(memory=2**20)},
        {"limits": Limits(cpus=0)},
        {"limits": Limits(cpus=9)},
        {"limits": Limits(cpus=float("nan"))},
        {"limits": Limits(memory=2**50)},
        {"limits": Limits(shm_size=0)},
        {"limits": Limits(pids=1)},
        {"ports": (PortMapping(0),)},
        {"ports": (PortMapping(80, 70000),)},
        {"ports": (PortMapping(80, 29200), PortMapping(81, 29200))},
        {"mounts": (Mount("/", "/x"),)},
        {"image": "A B"},
        {"image": "-x"},
        {"name": "UPPER"},
        {"name": "a--b"},
        {"owner": ""},
        {"owner": "a/b"},
    ],
    ids=str,
)
def test_what_is_never_allowed_is_refused_before_anything_is_made(
    host: Host, spec: Specs, fields: dict[str, object], state: Callable[[], object]
) -> None:
    before = state()
    with pytest.raises(InvalidInputError):
        launch(host, replace(spec(), **fields))  # type: ignore[arg-type]
    assert state() == before


def test_a_reserved_variable_is_named(host: Host, spec: Specs) -> None:
    with pytest.raises(InvalidOptionError, match="JPY_API_TOKEN"):
        checked(spec(environment={"JPY_API_TOKEN": "x"}), host)


def test_a_member_is_root_inside_and_nothing_outside(host: Host, spec: Specs) -> None:
    request = plan(host, spec())
    assert request.cap_drop == ("ALL",)
    assert "NET_RAW" not in request.cap_add
    assert "SYS_ADMIN" not in request.cap_add
    assert request.user is None
    assert request.limits.pids == 4096


@pytest.mark.parametrize("name", ["labdock-hub", "labdock-proxy", "localhost", "db"])
def test_no_workspace_is_found_under_another_programs_name(
    settings: Settings, spec: Specs, name: str
) -> None:
    # The engine's DNS hands host names out to hub and proxy, which are on every network.
    request = container_request(spec(name=name), settings=settings, network="net")
    assert request.hostname == f"{name}.labdock"


def test_the_hardened_profile_has_no_root_at_all(settings: Settings, spec: Specs) -> None:
    hardened = replace(settings, profile="hardened")
    request = container_request(spec(), settings=hardened, network="n")
    assert (request.cap_drop, request.cap_add) == (("ALL",), ())
    assert request.user == "1000"
    assert request.security_opt == ("no-new-privileges",)


def test_a_mount_of_the_owners_own_takes_the_place_of_the_home(
    settings: Settings, spec: Specs
) -> None:
    mount = Mount("/data/ky", "/workspace")
    request = container_request(spec(mounts=(mount,)), settings=settings, network="n")
    assert [m for m in request.mounts if m.target == "/workspace"] == [mount]
    assert {m.target for m in request.mounts} == {
        "/workspace",
        "/shared",
        "/datasets",
        "/run/labdock",
    }


def test_gpus_are_told_by_name_to_the_backend_that_gives_them(
    settings: Settings, spec: Specs
) -> None:
    asked = {"settings": settings, "network": "n", "gpus": ("GPU-a",)}
    nvidia = container_request(spec(), gpu_backend="nvidia", **asked)  # type: ignore[arg-type]
    cdi = container_request(spec(), gpu_backend="cdi", **asked)  # type: ignore[arg-type]
    assert nvidia.environment["NVIDIA_VISIBLE_DEVICES"] == "GPU-a"
    assert cdi.environment["NVIDIA_VISIBLE_DEVICES"] == "void"
    assert nvidia.labels[labels.GPUS] == cdi.labels[labels.GPUS] == "GPU-a"


def test_the_docker_line_says_what_the_engine_would_be_told(host: Host, spec: Specs) -> None:
    wanted = secrets.with_credentials(
        spec(
            environment={"COURSE": "nlp 1", "DB_PASSWORD": "hunter2", "URL": "x://me:hunter2@db"},
            limits=Limits(cpus=1.5, memory=2**30),
            secrets={"WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"},
        )
    )
    line = docker_line(plan(host, wanted), wanted.secrets)
    words = shlex.split(line)
    assert words[:5] == ["docker", "run", "-d", "--name", "labdock-kunyoung--study"]
    assert words[-1] == "labdock/base"
    assert "COURSE=nlp 1" in words
    assert "0.0.0.0:29200:8080" in words
    assert words[words.index("--memory") + 1] == "1g"
    assert "WORKSPACE_AUTH_USER=kunyoung" in words
    assert "hunter2" not in line
    assert {"DB_PASSWORD", "URL", "WORKSPACE_AUTH_PASSWORD"} <= set(words)
    assert "/run/labdock" not in line


def test_the_lines_warn_where_plain_docker_does_worse(host: Host, spec: Specs) -> None:
    wanted = secrets.with_credentials(spec())
    lines = run_lines(plan(host, wanted), wanted.secrets, network_is_missing=True)
    assert lines[-2] == (
        "docker network create --label labdock.owner=kunyoung labdock-net-kunyoung"
    )
    assert any("WORKSPACE_AUTH_PASSWORD" in line for line in lines if line.startswith("#"))
    workspace = launch(host, spec(kind="hub"))
    for others in (
        commit_lines(workspace, "a:b", "it's"),
        restart_lines(workspace),
        rm_lines(workspace),
    ):
        assert others[0].startswith("#")
        assert workspace.container.name in shlex.split(others[-1])
    assert shlex.split(commit_lines(workspace, "a:b", "it's")[-1])[3] == "it's"


def test_gpus_and_odd_paths_are_written_as_docker_reads_them(
    settings: Settings, spec: Specs
) -> None:
    mounts = (Mount('/a:b,"c', "/data", read_only=True),)
    asked = {"settings": settings, "network": "n", "gpus": ("GPU-a", "GPU-b")}
    wanted = spec(mounts=mounts)
    nvidia = shlex.split(docker_line(container_request(wanted, gpu_backend="nvidia", **asked)))  # type: ignore[arg-type]
    cdi = shlex.split(docker_line(container_request(wanted, gpu_backend="cdi", **asked)))  # type: ignore[arg-type]
    assert nvidia[nvidia.index("--gpus") + 1] == '"device=GPU-a,GPU-b"'
    assert cdi[cdi.index("--device") + 1] == "nvidia.com/gpu=GPU-a"
    assert 'type=bind,"source=/a:b,""c",target=/data,readonly' in nvidia


def test_a_data_root_that_cannot_be_written_is_told(host: Host, spec: Specs) -> None:
    host.settings.root.parent.mkdir(exist_ok=True)
    host.settings.root.write_text("a file where the folder should be")
    with pytest.raises(LabdockError, match="labdock"):
        launch(host, spec())
