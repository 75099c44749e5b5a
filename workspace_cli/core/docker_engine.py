"""The engine port over a Docker engine.

What is JSON both ways goes over ``docker_socket`` (its comment says why);
docker-py carries what has a protocol of its own: streams, archives and the
log-in to registries.  It is imported at the first such call.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from workspace_cli.core import docker_translate as translate
from workspace_cli.core.docker_socket import EngineSocket
from workspace_cli.core.docker_streams import (
    DockerEvents,
    follow_messages,
    foreign,
    imported_id,
    translated,
)
from workspace_cli.core.engine import ExecResult, Report
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.models import (
    Container,
    ContainerRequest,
    ContainerSummary,
    EngineInfo,
    Image,
    Limits,
    Network,
)

_POOL = 32
_CHUNK = 1024 * 1024
_ABSENT_TAG = "<none>:<none>"

Labels = Mapping[str, str | None]


class DockerEngine:
    """A Docker engine at ``host``, by default the one that DOCKER_HOST names."""

    def __init__(self, host: str | None = None) -> None:
        self._socket = EngineSocket(host)
        self._client: Any = None
        self._client_lock = threading.Lock()

    def close(self) -> None:
        """Release connections."""
        with self._client_lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def info(self) -> EngineInfo:
        """Describe the engine."""
        return translate.engine_info(self._socket.get("/info"), self._socket.get("/version"))

    # containers -----------------------------------------------------------
    def containers(self, labels: Labels | None = None) -> list[ContainerSummary]:
        """List containers in every state that carry the labels (None: any value)."""
        rows = self._socket.get(
            "/containers/json", all=True, filters=translate.label_filter(labels)
        )
        return [translate.container_summary(row) for row in rows]

    def container(self, name: str) -> Container:
        """Inspect one container; WorkspaceNotFoundError where there is none."""
        return translate.container(self._socket.get(f"/containers/{name}/json"))

    def create(self, request: ContainerRequest) -> str:
        """Create a container and return its id."""
        body = translate.create_body(request)
        created: str = self._socket.post("/containers/create", body, name=request.name)["Id"]
        return created

    def start(self, name: str) -> None:
        """Start a container; nothing happens where it runs."""
        self._socket.post(f"/containers/{name}/start")

    def stop(self, name: str, timeout: float = 10) -> None:
        """Stop a container; nothing happens where it is not running."""
        self._socket.post(f"/containers/{name}/stop", t=translate.whole_seconds(timeout))

    def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a container and its anonymous volumes."""
        self._socket.delete(f"/containers/{name}", v=True, force=force)

    def rename(self, name: str, new_name: str) -> None:
        """Rename a container; NameTakenError where the name is in use."""
        self._socket.post(f"/containers/{name}/rename", name=new_name)

    def update(
        self, name: str, *, limits: Limits | None = None, restart: str | None = None
    ) -> None:
        """Change limits (CPUs, memory, pids) or the restart policy in place."""
        self._socket.post(f"/containers/{name}/update", translate.update_body(limits, restart))

    def logs(self, name: str, *, follow: bool = False, tail: int | None = None) -> Iterator[bytes]:
        """Yield the container's output."""
        with self._docker() as client:
            stream = client.logs(
                name, stream=True, follow=follow, tail="all" if tail is None else tail
            )
        return translated(self._socket.host, stream)

    def execute(
        self,
        name: str,
        command: Sequence[str],
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] | None = None,
    ) -> ExecResult:
        """Run a command inside a running container and wait for its end."""
        with self._docker() as client:
            run = client.exec_create(
                name, list(command), user=user or "", environment=dict(environment or {})
            )
            stream = client.exec_start(run, stream=True)
        output: list[bytes] = []
        for chunk in translated(self._socket.host, stream):
            (on_output or output.append)(chunk)
        code = self._socket.get(f"/exec/{run['Id']}/json")["ExitCode"]
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

    # images ---------------------------------------------------------------
    def images(self, labels: Labels | None = None) -> list[Image]:
        """List tagged images that carry the labels."""
        rows = self._socket.get("/images/json", filters=translate.label_filter(labels))
        tagged = [row["Id"] for row in rows if set(row.get("RepoTags") or ()) - {_ABSENT_TAG}]
        return [self.image(image_id) for image_id in tagged]

    def image(self, reference: str) -> Image:
        """Inspect one image; ImageNotFoundError where it is not on this machine."""
        return translate.image(self._socket.get(f"/images/{reference}/json"))

    def pull(self, reference: str, report: Report | None = None) -> None:
        """Fetch an image from its registry."""
        with self._docker() as client:
            # Without a tag docker-py would ask for every tag of the repository.
            repository, tag = split_tag(reference)
            messages = client.pull(repository, tag=tag, stream=True, decode=True)
        follow_messages(self._socket.host, messages, report)

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
        with self._docker() as client:
            stream = client.export(name, chunk_size=_CHUNK)
        return translated(self._socket.host, stream)

    def import_filesystem(self, archive: Iterable[bytes]) -> str:
        """Make an untagged image of one layer from a tar archive; return its id."""
        with self._docker() as client:
            answer: str = client.import_image_from_data(iter(archive))
        return imported_id(answer)

    def load(self, archive: IO[bytes] | Iterable[bytes]) -> None:
        """Load an image archive."""
        with self._docker() as client:
            # An iterator, as docker-py would take a list for the fields of a form.
            data = archive if hasattr(archive, "read") else iter(archive)
            messages = client.load_image(data)
        follow_messages(self._socket.host, messages, None)

    def save(self, reference: str) -> Iterator[bytes]:
        """Yield an image as the archive that ``docker save`` writes."""
        with self._docker() as client:
            stream = client.get_image(reference, chunk_size=_CHUNK)
        return translated(self._socket.host, stream)

    # networks -------------------------------------------------------------
    def networks(self, labels: Labels | None = None) -> list[Network]:
        """List networks that carry the labels; without labels, all of them."""
        rows = self._socket.get("/networks", filters=translate.label_filter(labels))
        # The list of networks names no containers; the running containers name their networks.
        attached: dict[str, list[str]] = {}
        for row in self._socket.get("/containers/json"):
            running = translate.container_summary(row)
            for name in running.networks:
                attached.setdefault(name, []).append(running.name)
        return [translate.network(row, attached.get(row["Name"], ())) for row in rows]

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
        # Forced, for an endpoint that the engine still knows of a container that has ended.
        body = {"Container": container, "Force": True}
        with _unless("is not connected to"):
            self._socket.post(f"/networks/{network}/disconnect", body)

    # events ---------------------------------------------------------------
    def events(self, labels: Labels | None = None) -> DockerEvents:
        """Listen to containers that carry the labels, from this call on."""
        filters = {"type": ["container"], **translate.label_filter(labels)}
        since = time.time()
        with self._docker() as client:
            # ``since`` replays what happens before the engine has subscribed us.
            stream = client.events(filters=filters, since=f"{since:.9f}", decode=True)
        return DockerEvents(self._socket.host, stream)

    @contextlib.contextmanager
    def _docker(self) -> Iterator[Any]:
        """Give docker-py's client; what it raises leaves in our words."""
        with foreign(self._socket.host):
            yield self._docker_client()

    def _docker_client(self) -> Any:
        with self._client_lock:
            if self._client is None:
                import docker
                from docker.utils import kwargs_from_env

                arguments = {**kwargs_from_env(), "base_url": self._socket.host}
                # No time-out: a commit, a load or a quiet log may take any time.
                self._client = docker.APIClient(
                    **arguments, version=self._socket.version, timeout=None, max_pool_size=_POOL
                )
            return self._client


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
