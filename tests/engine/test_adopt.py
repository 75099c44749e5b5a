"""Adopting images and containers, and building, with BuildKit on the real engine."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace, eventually, free_port
from workspace_cli.commands.adopt_container import take_over
from workspace_cli.core import adopt, build_trial, labels
from workspace_cli.core.build_image import Wish, build_image
from workspace_cli.core.build_source import read_source
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import LabdockError, NoServerError, SetupError, StartFailedError
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, WorkspaceSpec
from workspace_cli.core.readiness import answers, wait_for_workspace
from workspace_cli.core.reading import list_workspaces
from workspace_cli.core.workspaces import launch
from workspace_cli.invocation import Invocation
from workspace_cli.output import Console
from workspace_cli.setup import apt, base_image, machine
from workspace_cli.setup.image_builder import RECIPES, BuildKit

pytestmark = pytest.mark.engine

DEBIAN = "labdock/debian"
PYTHON = """\
FROM labdock/debian
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    apt-get update -q && apt-get install -qy --no-install-recommends python3-venv sudo
# A group's image: a venv with a stand-in for torch, a user of its own, a program of its own.
RUN useradd --uid 1000 --create-home group && groupadd --gid 990 others \\
    && python3 -m venv --without-pip /srv/venv \\
    && cd /srv/venv/lib/python3.11/site-packages && mkdir torch \\
    && echo "__version__ = '2.3.0'" | tee torch/version.py > torch/__init__.py
ENV PATH=/srv/venv/bin:$PATH LD_LIBRARY_PATH=/nowhere CUDA_VERSION=12.4.1
EXPOSE 8000
VOLUME /data
USER group
CMD ["python3", "-m", "http.server", "8000"]
"""


def docker(*arguments: str, text: str = "") -> str:
    """Run docker's own client, as a person does."""
    done = subprocess.run(
        ["docker", *arguments], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def group_image(docker_engine: DockerEngine) -> Iterator[str]:
    """Give an image as a group brings it along: no server, a Python of its own."""
    name = f"labdock-tests/group:{os.getpid()}"
    docker("build", "--quiet", "--tag", name, "-", text=PYTHON)
    yield name
    docker_engine.remove_image(name)


@pytest.fixture(scope="module")
def newer_image(docker_engine: DockerEngine) -> Iterator[str]:
    """Give a bare Debian of the next release: a newer C library, another Python, no sudo."""
    name = f"labdock-tests/newer:{os.getpid()}"
    mirror = apt.main_mirror(apt.machine_sources(), machine.distribution().codename)
    with base_image._work_folder() as root:
        made = ["debootstrap", "--variant=minbase", "--include=python3", "trixie", str(root)]
        subprocess.run([*made, mirror.uri], check=True, capture_output=True)
        docker_engine.tag(docker_engine.import_filesystem(base_image._archive(root)), name)
    yield name
    docker_engine.remove_image(name)


def named(engine: DockerEngine, namespace: Namespace) -> dict[str, list[str]]:
    """Return what of a test, or of no name, is on the engine."""
    rows = docker("images", "--all", "--filter", "dangling=true", "--quiet").splitlines()
    tags = [tag for image in engine.images() for tag in image.tags]
    return {
        "dangling": sorted(rows),
        "images": sorted(tag for tag in tags if str(namespace) in tag),
        "trials": [
            row.name
            for row in engine.containers({labels.TRIAL: None})
            if row.name.startswith(build_trial.PREFIX) and str(namespace) in row.image
        ],
    }


@pytest.fixture
def space(namespace: Namespace, docker_engine: DockerEngine) -> Iterator[str]:
    """Give an owner whose images go with the test."""
    yield str(namespace)
    namespace.remove_everything()
    for image in docker_engine.images({labels.OWNER: str(namespace)}):
        for tag in image.tags:
            docker_engine.remove_image(tag)


def status(port: int, path: str = "/api/contents", pair: str = "") -> int:
    """Return the status of a page, with a name and a password where they are given."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    token = base64.b64encode(pair.encode()).decode()
    connection.request("GET", path, headers={"Authorization": f"Basic {token}"} if pair else {})
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_a_group_s_image_becomes_a_workspace_with_its_own_python(
    host: Host, space: str, group_image: str
) -> None:
    before = host.engine.image(group_image)
    looked = adopt.look(host, BuildKit(), RECIPES, group_image)
    found = {check.name: check for check in looked.preflight.checks}
    assert looked.preflight.verdict == "warnings"
    assert "/srv/venv/bin/python3 (3.11, venv), torch 2.3.0" in found["python"].found
    assert "group" in found["accounts"].reason
    assert (found["cuda"].level, found["program"].level) == ("warn", "warn")

    name = adopt.reference_for(group_image, "vision:v1", space)
    made = adopt.adopt(host, BuildKit(), RECIPES, looked, name, owner=space)
    assert host.engine.image(group_image) == before
    image = host.engine.image(made.reference)
    assert image.labels[labels.ADOPTED] == before.id
    workspace = launch(host, WorkspaceSpec(owner=space, name="study", image=made.reference))
    port = workspace.ports[0].host
    wait_for_workspace(host, workspace, f"http://127.0.0.1:{port}/api", timeout=120)
    asked = "import sys, torch, ipykernel, lessons; print(torch.__version__, sys.executable)"
    inside = host.engine.execute(workspace.container.name, ["labdock-enter", "python", "-c", asked])
    assert inside.output.decode().split() == ["2.3.0", "/opt/env/bin/python"]
    for command in (
        "test -w /opt/env/bin && touch /opt/env/lib/python3.11/site-packages/x",
        "sudo -n true",
        "test $(id -u):$(id -g) = 1000:990",
        "lessons list | grep -q netpath",
    ):
        done = host.engine.execute(
            workspace.container.name, ["labdock-enter", "bash", "-c", command]
        )
        assert done.exit_code == 0, (command, done.output)


def test_an_image_with_a_newer_c_library_keeps_its_own_python(
    host: Host, space: str, newer_image: str
) -> None:
    looked = adopt.look(host, BuildKit(), RECIPES, newer_image)
    name = adopt.reference_for(newer_image, "newer:v1", space)
    made = adopt.adopt(host, BuildKit(), RECIPES, looked, name, owner=space)
    asked = (
        'python -c "import sys, ipykernel; print(sys.version_info[:2])"; ldd --version | head -1; '
        "sudo -n id -u; "
        "/opt/labdock/bin/python -I -c 'import sys, ssl, zmq; print(sys.version[:4])'"
    )
    command = ["run", "--rm", "--network=none", "--entrypoint=labdock-enter", made.reference]
    told = docker(*command, "bash", "-c", asked).splitlines()
    assert told[0] == "(3, 13)"
    assert "GLIBC 2.41" in told[1]
    assert told[2:] == ["0", "3.11"]


def test_what_is_no_debian_is_refused_and_nothing_of_it_is_run(host: Host, tiny_image: str) -> None:
    looked = adopt.look(host, BuildKit(), RECIPES, tiny_image)
    assert looked.preflight.verdict == "refused"
    assert looked.subject.files["apt"] is False
    with pytest.raises(NoServerError, match="Debian or Ubuntu"):
        adopt.adopt(host, BuildKit(), RECIPES, looked, "labdock/adopted/never:v1")


def test_packages_are_built_on_the_lab_s_image_and_offered(
    host: Host, space: str, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    (folder / "package" / "labdocktested").mkdir(parents=True)
    (folder / "package" / "labdocktested" / "__init__.py").write_text("value = 4711\n")
    (folder / "package" / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "labdocktested"\nversion = "1"\n'
    )
    (folder / "requirements.txt").write_text("./package\n")
    wish = Wish(owner=space, on=BASE, note="tested")
    made = build_image(host, BuildKit(), read_source(folder), wish)
    assert made.reference == f"labdock/{space}/own:latest"
    asked = "import labdocktested; print(labdocktested.value)"
    command = ["run", "--rm", "--network=none", "--entrypoint=labdock-enter", made.reference]
    assert docker(*command, "python", "-c", asked) == "4711"
    owner = docker(
        "run",
        "--rm",
        "--network=none",
        "--entrypoint=stat",
        made.reference,
        "-c",
        "%G %A",
        "/opt/env/lib/python3.11/site-packages/labdocktested",
    )
    assert owner.startswith("labdock drwxrws")


@pytest.mark.parametrize(
    "text, error, words",
    [
        (f"FROM {BASE}\nRUN rm /opt/labdock/bin/python\n", StartFailedError, "code 127"),
        (f"FROM {BASE}\nRUN rm -r /opt/env/bin\n", StartFailedError, "notebooks"),
        (f"FROM {BASE}\nRUN echo the reason && exit 3\n", SetupError, "the reason"),
        (f'FROM {BASE}\nENTRYPOINT ["sh"]\n', NoServerError, "Entrypoint"),
        (f"FROM {DEBIAN}\n", NoServerError, "no Labdock server"),
    ],
)
def test_a_dockerfile_that_spoils_the_server_leaves_nothing(
    host: Host,
    space: str,
    namespace: Namespace,
    docker_engine: DockerEngine,
    tmp_path: Path,
    text: str,
    error: type[LabdockError],
    words: str,
) -> None:
    before = named(docker_engine, namespace)
    (tmp_path / "Dockerfile").write_text(text)
    with pytest.raises(error, match=words):
        build_image(host, BuildKit(), read_source(tmp_path), Wish(owner=space, name="spoilt"))
    assert named(docker_engine, namespace) == before


def test_ctrl_c_in_the_middle_of_a_build_leaves_nothing(
    host: Host, space: str, namespace: Namespace, docker_engine: DockerEngine, tmp_path: Path
) -> None:
    before = named(docker_engine, namespace)
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\nRUN sleep 601\n")
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("workspace")),
            "build",
            str(tmp_path),
            "--tag",
            f"{space}:x",
        ],
        env={**os.environ, "WORKSPACE_ROOT": str(host.settings.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "sleep 601" in line:
            break
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert time.monotonic() - began < 30
    process.stdout.close()
    assert named(docker_engine, namespace) == before


@pytest.fixture
def by_hand(host: Host, space: str, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Give a container that the line of old has made, and its port."""
    port, name, home = free_port(), f"{space}_hand", tmp_path / "files"
    home.mkdir()
    (home / "file").write_text("mine")
    os.chown(home, 1234, 1234)
    docker(
        *("run", "--detach", "--ipc=host", "--restart", "always", "-p", f"{port}:8080"),
        *("-v", f"{home}:/workspace", "--name", name, "--env", f"WORKSPACE_AUTH_USER={space}"),
        *("--env", "WORKSPACE_AUTH_PASSWORD=hunter2-hunter2", "--env", "EXTRA=yes", BASE),
    )
    docker("exec", name, "sh", "-c", "echo kept > /opt/kept")
    yield name, port
    for left in (name, f"{name}.before-adoption"):
        subprocess.run(["docker", "rm", "--force", left], capture_output=True, check=False)


def test_a_container_of_old_becomes_a_workspace(
    host: Host, space: str, by_hand: tuple[str, int]
) -> None:
    name, port = by_hand
    out = io.StringIO()
    call = Invocation(Console(out, io.StringIO()), host)
    take_over(call, name, "", "", dry_run=True, remove_old=False, json=True)
    planned = json.loads(out.getvalue())
    assert planned["workspace"] == f"{space}/{space}-hand"
    assert host.engine.container(name).state == "running"
    assert "hunter2" not in out.getvalue()

    take_over(call, name, "", "", dry_run=False, remove_old=False, json=True)
    (made,) = list_workspaces(host, owner=space)
    assert made.ports == (PortMapping(8080, port),)
    assert status(port, pair=f"{space}:hunter2-hunter2") == 200
    assert status(port, pair=f"{space}:wrong") in (401, 403)
    inside = host.engine.execute(
        made.container.name, ["sh", "-c", "cat /opt/kept /workspace/file; echo $EXTRA"]
    )
    assert inside.output == b"kept\nmineyes\n"
    old = host.engine.container(f"{name}.before-adoption")
    assert (old.state, old.restart) == ("exited", "no")
    saved = b"".join(host.engine.save(made.image))
    assert b"hunter2" not in saved


def test_a_container_runs_again_where_the_workspace_does_not_come_up(
    host: Host, space: str, by_hand: tuple[str, int]
) -> None:
    name, _ = by_hand
    # Its server cannot start any more, which nobody has noticed while it runs.
    docker("exec", name, "sh", "-c", "rm /opt/labdock/start.py")
    before = host.engine.container(name)
    call = Invocation(Console(io.StringIO(), io.StringIO()), host)
    with pytest.raises(StartFailedError):
        take_over(call, name, "", "", dry_run=False, remove_old=False, json=True)
    now = host.engine.container(name)
    assert (now.id, now.restart) == (before.id, "always")
    assert list_workspaces(host, owner=space) == []
    assert host.engine.images({labels.OWNER: space}) == []


def test_what_is_no_workspace_runs_as_what_it_is_on_its_own_ports(
    host: Host, space: str, group_image: str
) -> None:
    workspace = launch(host, WorkspaceSpec(owner=space, name="files", image=group_image))
    (port,) = workspace.ports
    assert port.container == 8000
    eventually(lambda: answers(f"http://127.0.0.1:{port.host}/"), timeout=30)
    assert status(port.host, "/etc/hostname") in (200, 404)
    assert [one.name for one in list_workspaces(host, owner=space)] == ["files"]
    host.engine.execute(workspace.container.name, ["sh", "-c", "kill 1"])
    eventually(lambda: host.engine.container(workspace.container.name).state == "running")
