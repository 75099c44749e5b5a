"""What speaks for and against making a workspace of an image."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_cli.core.models import Image
from workspace_cli.core.preflight import Check, Machine, Preflight, Subject, judge, needed_cuda

DEBIAN = {"ID": "debian", "PRETTY_NAME": "Debian GNU/Linux 13 (trixie)"}
TORCH = {
    "program": "/opt/conda/bin/python3",
    "version": "3.10",
    "kind": "conda",
    "packages": {"torch": "2.3.0"},
    "torch_cuda": "12.1",
    "venv": True,
}
SYSTEM = {
    "program": "/usr/bin/python3",
    "version": "3.13",
    "kind": "system",
    "packages": {},
    "torch_cuda": "",
    "venv": False,
}
HERE = Machine(architecture="amd64")


def subject(
    *,
    config: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    labels: dict[str, str] | None = None,
    layers: int = 3,
    architecture: str = "amd64",
    **files: Any,
) -> Subject:
    """Return a good image, but for what is said."""
    image = Image(
        id="sha256:1",
        tags=("group/vision:v3",),
        size=1,
        created=0.0,
        labels=labels or {},
        environment=environment or {},
        layers=tuple(f"sha256:{number}" for number in range(layers)),
        config=config or {"Cmd": ["bash"]},
        architecture=architecture,
    )
    known = {
        "release": DEBIAN,
        "libc": "glibc 2.41",
        "shell": True,
        "apt": True,
        "users": {"root": 0},
        "groups": {"root": 0},
        "server": False,
        "cuda": "",
        "pythons": [SYSTEM],
    }
    return Subject(reference="group/vision:v3", image=image, files={**known, **files})


def check(found: Preflight, name: str) -> Check:
    return next(one for one in found.checks if one.name == name)


def test_a_plain_debian_image_with_python_is_fine() -> None:
    found = judge(subject(), HERE)
    assert found.verdict == "ok"
    assert found.reasons == ()


@pytest.mark.parametrize(
    "changed, name, reason",
    [
        ({"release": {"ID": "alpine", "PRETTY_NAME": "Alpine Linux v3.20"}}, "system", "Alpine"),
        ({"release": {"ID": "fedora"}}, "system", "Debian or Ubuntu"),
        ({"release": {}}, "system", "unknown"),
        ({"libc": "musl"}, "libc", "musl"),
        ({"libc": "glibc 2.27"}, "libc", "2.28"),
        ({"libc": ""}, "libc", "no GNU C library"),
        ({"shell": False}, "tools", "no sh"),
        ({"apt": False, "shell": False}, "tools", "no sh and apt"),
        ({"users": {"member": 5000}}, "accounts", "member"),
        ({"groups": {"labdock": 5}}, "accounts", "labdock"),
        ({"architecture": "arm64"}, "architecture", "arm64"),
        ({"server": True}, "server", "already"),
        ({"labels": {"labdock.server": "1"}}, "server", "already"),
        ({"layers": 120}, "layers", "flatten"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(
    changed: dict[str, Any], name: str, reason: str
) -> None:
    found = judge(subject(**changed), HERE)
    assert found.verdict == "refused"
    assert check(found, name).level == "refuse"
    assert any(reason in told for told in found.reasons)


@pytest.mark.parametrize(
    "changed, name, reason",
    [
        ({"users": {"ubuntu": 1000}}, "accounts", "ubuntu"),
        ({"pythons": []}, "python", "no Python"),
        ({"pythons": [{**SYSTEM, "version": "3.6"}]}, "python", "too old"),
        ({"config": {"Cmd": ["nginx"]}}, "program", "no longer starts"),
        ({"config": {"ExposedPorts": {"8080/tcp": {}}}}, "ports", "8080"),
        ({"config": {"Volumes": {"/data": {}}}}, "volumes", "no saved environment"),
        ({"config": {"User": "www-data"}}, "user", "not used"),
        ({"config": {"OnBuild": ["RUN x"]}}, "onbuild", "steps"),
    ],
)
def test_what_one_should_know_is_a_warning(changed: dict[str, Any], name: str, reason: str) -> None:
    found = judge(subject(**changed), HERE)
    assert found.verdict == "warnings"
    assert check(found, name).level == "warn"
    assert reason in check(found, name).reason


def test_ubuntu_and_what_is_like_it_counts_as_the_family() -> None:
    for release in ({"ID": "ubuntu"}, {"ID": "pop", "ID_LIKE": "ubuntu debian"}):
        assert judge(subject(release=release), HERE).verdict == "ok"


def test_the_python_with_a_learning_library_is_taken() -> None:
    venv = {**SYSTEM, "program": "/opt/venv/bin/python3", "kind": "venv"}
    assert subject(pythons=[SYSTEM, venv, TORCH]).python == TORCH
    assert subject(pythons=[SYSTEM, venv]).python == venv
    assert subject(pythons=[SYSTEM]).python == SYSTEM
    assert subject(pythons=[{**TORCH, "version": "3.7"}]).python is None


@pytest.mark.parametrize(
    "environment, files, needed",
    [
        ({"NVIDIA_REQUIRE_CUDA": "brand=tesla cuda>=12.4,driver>=470"}, {}, "12.4"),
        ({"CUDA_VERSION": "11.8.0"}, {"cuda": "12.0"}, "11.8.0"),
        ({}, {"cuda": "12.0.1"}, "12.0.1"),
        ({}, {"pythons": [TORCH]}, "12.1"),
        ({}, {}, ""),
    ],
)
def test_the_cuda_that_an_image_needs(
    environment: dict[str, str], files: dict[str, Any], needed: str
) -> None:
    assert needed_cuda(subject(environment=environment, **files)) == needed


@pytest.mark.parametrize(
    "driver, needed, level, words",
    [
        ("", "12.1", "warn", "no GPU"),
        ("550.54.15", "12.1", "ok", ""),
        ("470.82.01", "12.1", "warn", "525.60.13"),
        ("525.60.13", "12.4", "ok", ""),
        ("560.35.03", "13.0", "warn", "580"),
        ("560.35.03", "99.0", "warn", "nothing is known"),
    ],
)
def test_cuda_is_held_against_the_driver(driver: str, needed: str, level: str, words: str) -> None:
    machine = Machine(architecture="amd64", driver=driver)
    found = check(judge(subject(environment={"CUDA_VERSION": needed}), machine), "cuda")
    assert found.level == level
    assert words in found.reason
