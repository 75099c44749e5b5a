"""Building with the real engine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from tests.support import Namespace
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import NotFoundError, SetupError
from workspace_cli.setup.base_image import NAME, ensure_base_image
from workspace_cli.setup.build import ensure_images

pytestmark = pytest.mark.engine

SECRET = "p4ssw0rd-of-the-index"
RECIPE = """\
ARG PARENT
FROM ${PARENT}
ARG WORD
COPY greeting.txt /greeting.txt
RUN --mount=from=ca,target=/ca ls /ca > /authorities.txt
RUN --mount=type=secret,id=pipconf grep -q index-url /run/secrets/pipconf
RUN test -n "$no_proxy" && echo "$WORD" > /word.txt
"""


@pytest.fixture(scope="module", autouse=True)
def base(docker_engine: DockerEngine) -> None:
    """Make sure that there is a base image."""
    ensure_base_image(docker_engine, RecordingConsole())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a checkout with one small image."""
    (tmp_path / "Dockerfile").write_text(RECIPE)
    (tmp_path / "greeting.txt").write_text("hello\n")
    return tmp_path


@pytest.fixture
def image(namespace: Namespace) -> CatalogueImage:
    """Give the row of that image."""
    return CatalogueImage(
        name=f"labdock/{namespace}",
        parent=NAME,
        context=".",
        dockerfile="Dockerfile",
        args={"PARENT": NAME, "WORD": "one"},
    )


@pytest.fixture
def secret_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine's pip have an index behind a password, and its network a proxy with one."""
    monkeypatch.setenv("no_proxy", f"lab:{SECRET}@proxy.invalid")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"https://lab:{SECRET}@index.invalid/simple")


def test_an_image_is_built_once_and_again_only_after_a_change(
    docker_engine: DockerEngine, project: Path, image: CatalogueImage, secret_index: None
) -> None:
    console = RecordingConsole()
    catalogue = Catalogue.of((image,))

    assert ensure_images(docker_engine, catalogue, console, project=project) == [image.name]
    first = docker_engine.image(image.name)
    assert any("COPY greeting.txt" in line for line in console.lines)

    assert ensure_images(docker_engine, catalogue, console, project=project) == []
    assert docker_engine.image(image.name).id == first.id

    (project / "greeting.txt").write_text("good morning\n")
    assert ensure_images(docker_engine, catalogue, console, project=project) == [image.name]
    assert docker_engine.image(image.name).id != first.id
    with pytest.raises(NotFoundError):
        docker_engine.image(first.id)


def test_a_password_of_the_machines_pip_stays_out_of_the_image(
    docker_engine: DockerEngine, project: Path, image: CatalogueImage, secret_index: None
) -> None:
    ensure_images(docker_engine, Catalogue.of((image,)), RecordingConsole(), project=project)
    tail = b""
    for chunk in docker_engine.save(image.name):
        assert SECRET.encode() not in tail + chunk
        tail = chunk[-len(SECRET) :]
    run = ["docker", "run", "--rm", image.name, "cat", "/word.txt"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "one\n"


def test_a_failing_step_is_told_and_leaves_no_image(
    docker_engine: DockerEngine, project: Path, image: CatalogueImage
) -> None:
    (project / "Dockerfile").write_text(f"FROM {NAME}\nRUN echo this goes wrong && exit 7\n")
    with pytest.raises(SetupError, match=f"{image.name} could not be built") as caught:
        ensure_images(docker_engine, Catalogue.of((image,)), RecordingConsole(), project=project)
    assert "this goes wrong" in caught.value.message
    assert "exit code: 7" in caught.value.message
    with pytest.raises(NotFoundError):
        docker_engine.image(image.name)


def test_a_missing_parent_is_told_by_name(
    docker_engine: DockerEngine, project: Path, namespace: Namespace
) -> None:
    orphan = CatalogueImage(
        name=f"labdock/{namespace}", parent=f"labdock/{namespace}-parent", dockerfile="Dockerfile"
    )
    with pytest.raises(SetupError, match=f"labdock/{namespace}-parent, which is not"):
        ensure_images(docker_engine, Catalogue.of((orphan,)), RecordingConsole(), project=project)


def test_without_a_registry_the_base_is_made_from_packages_and_its_apt_works(
    docker_engine: DockerEngine, namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The name of a registry that cannot be: this machine's own network decides nothing.
    monkeypatch.setattr("workspace_cli.setup.base_image.PUBLISHED", "registry.invalid/debian:12")
    console = RecordingConsole()
    name = f"labdock/{namespace}"
    ensure_base_image(docker_engine, console, name)
    assert len(console.steps) == 2
    assert any("No image registry can be used" in line for line in console.lines)

    check = (
        "apt-get update -q && apt-get install -qy --no-install-recommends less && less --version"
    )
    run = ["docker", "run", "--rm", name, "sh", "-ec", f"id -u; {check}"]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not list(Path("/var/tmp").glob("labdock-base-*"))
