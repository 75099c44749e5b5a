"""The engine port over a Docker engine's API."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import IO

from workspace_cli.core import (
    docker_answers,
    docker_registry,
    docker_requests,
    engine_disk,
    engine_use,
)
from workspace_cli.core.docker_pause import wait_for_a_quiet_moment
from workspace_cli.core.docker_socket import EngineSocket
from workspace_cli.core.docker_streams import DockerEvents, DockerOutput, follow_messages
from workspace_cli.core.engine import STDERR, ExecResult, Report
from workspace_cli.core.engine_disk import EngineDisk
from workspace_cli.core.engine_use import Use
from workspace_cli.core.errors import ImageNotFoundError, LabdockError
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    EngineInfo,
    Image,
    LayerFolders,
    Limits,
    Network,
)

_LIST_LAG = 2.0
"""Seconds at most."""
_ABSENT_TAG = "<none>:<none>"

Labels = Mapping[str, str | None]


class DockerEngine:
    """A Docker engine at ``host``, by default the one that DOCKER_HOST names."""

    def __init__(self, host: str | None = None) -> None:
        self._socket = EngineSocket(host)

    def close(self) -> None:
        """Release connections: each ends with its request."""

    def info(self) -> EngineInfo:
        """Describe the engine."""
        return docker_answers.engine_info(self._socket.get("/info"), self._socket.get("/version"))

    # containers -----------------------------------------------------------
    def containers(self, labels: Labels | None = None) -> list[ContainerSummary]:
        """List containers in every state that carry the labels (None: any value)."""
        rows = self._socket.get(
            "/containers/json", all=True, filters=docker_requests.label_filter(labels)
        )
        return [docker_answers.container_summary(row) for row in rows]

    def container(self, name: str) -> Container:
        """Inspect one container; WorkspaceNotFoundError where there is none."""
        return docker_answers.container(self._socket.get(f"/containers/{name}/json"))

    def create(self, request: ContainerRequest) -> str:
        """Create a container and return its id."""
        body = docker_requests.create_body(request)
        created: str = self._socket.post("/containers/create", body, name=request.name)["Id"]
        return created

    def attach(self, name: str, data: bytes) -> DockerOutput:
        """Give a container that has not yet started its whole input."""
        stream = self._socket.stream(
            "POST",
            f"/containers/{name}/attach",
            stream=True,
            stdin=True,
            stdout=True,
            stderr=True,
        )
        stream.send(data)
        return DockerOutput(stream)

    def start(self, name: str) -> None:
        """Start a container; nothing happens where it runs."""
        self._socket.post(f"/containers/{name}/start")

    def stop(self, name: str, timeout: float = 10) -> None:
        """Stop a container; nothing happens where it is not running."""
        self._socket.post(f"/containers/{name}/stop", t=docker_requests.whole_seconds(timeout))
        self._await_listed(name)

    def _await_listed(self, name: str) -> None:
        """Wait until the engine's list, milliseconds behind its answer, tells the end as well.

        Else whoever lists next would still see the port and the GPU held.
        """
        deadline = time.monotonic() + _LIST_LAG
        while time.monotonic() < deadline:
            rows = self._socket.get("/containers/json", filters={"status": ["running"]})
            if not any(f"/{name}" in row["Names"] or row["Id"].startswith(name) for row in rows):
                return
            if self.container(name).state == "running":
                return  # started again meanwhile
            time.sleep(0.005)

    def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a container and its anonymous volumes."""
        self._socket.delete(f"/containers/{name}", v=True, force=force)

    def pause(self, name: str) -> None:
        """Hold a running container's processes."""
        wait_for_a_quiet_moment(self._socket.get, name)
        self._socket.post(f"/containers/{name}/pause")

    def unpause(self, name: str) -> None:
        """Let a paused container's processes go on."""
        with _unless("is not paused"):
            self._socket.post(f"/containers/{name}/unpause")

    def rename(self, name: str, new_name: str) -> None:
        """Rename a container; NameTakenError where the name is in use."""
        self._socket.post(f"/containers/{name}/rename", name=new_name)

    def update(
        self, name: str, *, limits: Limits | None = None, restart: str | None = None
    ) -> None:
        """Change limits (CPUs, memory, pids) or the restart policy in place."""
        self._socket.post(
            f"/containers/{name}/update", docker_requests.update_body(limits, restart)
        )

    def logs(
        self,
        name: str,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: float | None = None,
    ) -> Iterator[bytes]:
        """Yield the container's output."""
        lines = "all" if tail is None else tail
        stream = self._socket.stream(
            "GET",
            f"/containers/{name}/logs",
            stdout=True,
            stderr=True,
            follow=follow,
            tail=lines,
            since=0 if since is None else f"{since:.9f}",
        )
        return iter(stream) if stream.raw else stream.output()

    def execute(
        self,
        name: str,
        command: Sequence[str],
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] | None = None,
        on_error: Callable[[bytes], None] | None = None,
    ) -> ExecResult:
        """Run a command inside a running container and wait for its end."""
        variables = [f"{key}={value}" for key, value in (environment or {}).items()]
        wanted = {
            "Cmd": list(command),
            "User": user or "",
            "Env": variables,
            "AttachStdout": True,
            "AttachStderr": True,
        }
        run = self._socket.post(f"/containers/{name}/exec", wanted)["Id"]
        output: list[bytes] = []
        to_output = on_output or output.append
        to_error = on_error or to_output
        answer = self._socket.stream("POST", f"/exec/{run}/start", {"Detach": False})
        for stream, piece in answer.framed():
            (to_error if stream == STDERR else to_output)(piece)
        code = self._socket.get(f"/exec/{run}/json")["ExitCode"]
        return ExecResult(-1 if code is None else code, b"".join(output))

    def has_path(self, name: str, path: str) -> bool:
        """Tell whether a container, running or not, has a file at the path."""
        answer = self._socket.call(
            "HEAD", f"/containers/{name}/archive", query={"path": path}, accept=(404,)
        )
        if answer.status == 404:
            # An answer to HEAD has no words to tell a missing path from a missing container.
            self.container(name)
        return answer.status == 200

    def layer_folders(self, name: str, *, image: bool = False) -> LayerFolders | None:
        """Return the folders that hold a container's (or an image's) layers."""
        row = self._socket.get(f"/{'images' if image else 'containers'}/{name}/json")
        return docker_answers.layer_folders(row, self._socket.get("/info"))

    def use(self, name: str) -> Use | None:
        """Return what a container uses now, None where it does not run."""
        # Without ``one-shot`` the engine would look twice, a second apart.
        answer = self._socket.get(f"/containers/{name}/stats", stream=False, **{"one-shot": True})
        return engine_use.read(answer, self._memory, time.time())

    @cached_property
    def _memory(self) -> int:
        return int(self._socket.get("/info")["MemTotal"])

    def written(self, labels: Labels | None = None) -> dict[str, int]:
        """Return container id → bytes of its own layer."""
        # As long as it takes: the engine looks at every file of the layers.
        answer = self._socket.call(
            "GET",
            "/containers/json",
            query={"all": True, "size": True, "filters": docker_requests.label_filter(labels)},
        )
        return {row["Id"]: row.get("SizeRw") or 0 for row in answer.json()}

    def disk(self) -> EngineDisk:
        """Return what the engine keeps on its disk."""
        return engine_disk.read(self._socket.call("GET", "/system/df").json())

    # images ---------------------------------------------------------------
    def images(self, labels: Labels | None = None) -> list[Image]:
        """List tagged images that carry the labels."""
        rows = self._socket.get("/images/json", filters=docker_requests.label_filter(labels))
        tagged = [row["Id"] for row in rows if set(row.get("RepoTags") or ()) - {_ABSENT_TAG}]
        found = []
        for image_id in tagged:
            # One that goes between the two questions was there for neither.
            with suppress(ImageNotFoundError):
                found.append(self.image(image_id))
        return found

    def image(self, reference: str) -> Image:
        """Inspect one image; ImageNotFoundError where it is not on this machine."""
        return docker_answers.image(self._socket.get(f"/images/{reference}/json"))

    def layer_sizes(self, reference: str) -> tuple[int, ...]:
        """Return the bytes of each layer of an image, from the lowest to the highest."""
        count = len(self.image(reference).layers)
        return docker_answers.layer_sizes(self._socket.get(f"/images/{reference}/history"), count)

    def pull(self, reference: str, report: Report | None = None) -> None:
        """Fetch an image from its registry."""
        # Without a tag the engine would fetch every tag of the repository.
        docker_registry.pull(self._socket, *split_tag(reference), report)

    def resolve(self, reference: str) -> str:
        """Return the digest that a name has in its registry now."""
        return docker_registry.resolve(self._socket, *split_tag(reference))

    def push(self, reference: str, report: Report | None = None) -> str:
        """Send a tag to its registry and return its digest there."""
        return docker_registry.push(self._socket, *split_tag(reference), report)

    def tag(self, reference: str, new_reference: str) -> None:
        """Give an image another name."""
        repository, tag = split_tag(new_reference)
        self._socket.post(f"/images/{reference}/tag", repo=repository, tag=tag)

    def remove_image(self, reference: str) -> None:
        """Remove a tag and what nothing else uses; ConflictError while it is in use."""
        self._socket.delete(f"/images/{reference}")

    def commit(self, name: str, *, pause: bool = True, reference: str | None = None) -> str:
        """Save a container's layer as an image as the engine does it; return its id."""
        named = dict(zip(("repo", "tag"), split_tag(reference), strict=True)) if reference else {}
        saved: str = self._socket.post("/commit", {}, container=name, pause=pause, **named)["Id"]
        return saved

    def export(self, name: str) -> Iterator[bytes]:
        """Yield a container's whole file system as a tar archive, without its mounts."""
        return iter(self._socket.stream("GET", f"/containers/{name}/export"))

    def import_filesystem(self, archive: Iterable[bytes]) -> str:
        """Make an untagged image of one layer from a tar archive; return its id."""
        stream = self._socket.stream("POST", "/images/create", archive, fromSrc="-")
        return follow_messages(stream.messages())

    def load(self, archive: IO[bytes] | Iterable[bytes]) -> None:
        """Load an image archive."""
        follow_messages(self._socket.stream("POST", "/images/load", archive, quiet=True).messages())

    def save(self, reference: str) -> Iterator[bytes]:
        """Yield an image as the archive that ``docker save`` writes."""
        return iter(self._socket.stream("GET", f"/images/{reference}/get"))

    # networks -------------------------------------------------------------
    def networks(self, labels: Labels | None = None) -> list[Network]:
        """List networks that carry the labels; without labels, all of them."""
        rows = self._socket.get("/networks", filters=docker_requests.label_filter(labels))
        # The list of networks names no containers; the running containers name their networks.
        attached: dict[str, list[str]] = {}
        for row in self._socket.get("/containers/json"):
            running = docker_answers.container_summary(row)
            for name in running.networks:
                attached.setdefault(name, []).append(running.name)
        return [docker_answers.network(row, attached.get(row["Name"], ())) for row in rows]

    def create_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; ConflictError where name or subnet is taken."""
        body = {
            "Name": name,
            "Driver": "bridge",
            "IPAM": {"Driver": "default", "Config": [{"Subnet": subnet}]},
            "Labels": dict(labels),
            "CheckDuplicate": True,
        }
        self._socket.post("/networks/create", body)

    def remove_network(self, name: str) -> None:
        """Remove a network that no container uses."""
        self._socket.delete(f"/networks/{name}")

    def connect(self, network: str, container: str, aliases: Sequence[str] = ()) -> None:
        """Attach a container to a network; nothing happens where it is attached."""
        body = {"Container": container, "EndpointConfig": {"Aliases": list(aliases)}}
        with _unless("already exists in network", "already attached to network"):
            self._socket.post(f"/networks/{network}/connect", body)

    def disconnect(self, network: str, container: str) -> None:
        """Detach a container from a network; nothing happens where it is not attached."""
        with _unless("is not connected to"):
            self._socket.post(f"/networks/{network}/disconnect", {"Container": container})

    # events ---------------------------------------------------------------
    def events(self, labels: Labels | None = None) -> DockerEvents:
        """Listen to containers that carry the labels, from this call on."""
        filters = {"type": ["container"], **docker_requests.label_filter(labels)}
        # ``since`` replays what happens before the engine has subscribed us.
        stream = self._socket.stream("GET", "/events", filters=filters, since=f"{time.time():.9f}")
        return DockerEvents(stream)


def split_tag(reference: str) -> tuple[str, str]:
    """Split an image's name into repository and tag (or digest).

    >>> split_tag("localhost:5000/labdock/base")
    ('localhost:5000/labdock/base', 'latest')
    """
    repository, at, digest = reference.partition("@")
    if at:
        return repository, digest
    repository, colon, tag = reference.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (reference, "latest")


@contextlib.contextmanager
def _unless(*sentences: str) -> Iterator[None]:
    """Let a refusal pass that says that the change was made before."""
    try:
        yield
    except LabdockError as exc:
        if not any(sentence in exc.message for sentence in sentences):
            raise
