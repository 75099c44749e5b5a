"""Building the catalogue's images, and leaving alone what has not changed."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from docker.utils.build import exclude_paths

from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import LabdockError, NotFoundError, SetupError
from workspace_cli.core.labels import BUILD
from workspace_cli.core.models import Image
from workspace_cli.setup.build_inputs import BuildInputs, build_inputs
from workspace_cli.setup.commands import proxy_variables, stream
from workspace_cli.setup.console import Console
from workspace_cli.setup.machine import PROJECT

ALWAYS_IGNORED = (".git", ".venv", "**/__pycache__", "**/*.pyc")
_STEP = re.compile(r"#\d+ \[(?:(?P<stage>\S+) +)?(?P<number>\d+/\d+)] (?P<text>.*)")
STEP_WIDTH = 90


def ensure_images(
    engine: Engine,
    catalogue: Catalogue,
    console: Console,
    *,
    only: Sequence[str] = (),
    project: Path = PROJECT,
) -> list[str]:
    """Build the images that are missing or out of date; return the names of those built.

    ``only`` names images to bring up to date, parents among them; by default it
    is every image that the catalogue builds by default.  Raises SetupError.
    """
    built = []
    with build_inputs() as inputs:
        for image in wanted(catalogue, only):
            key = build_key(image, project, _parent_id(engine, image), inputs.certificates)
            old = _present(engine, image.name)
            if old is not None and old.labels.get(BUILD) == key:
                continue
            console.step(f"Building {image.name}")
            _build(image, project, key, inputs, console)
            built.append(image.name)
            if old is not None:
                _discard(engine, old)
    return built


def wanted(catalogue: Catalogue, only: Sequence[str]) -> list[CatalogueImage]:
    """Select the images to bring up to date, parents first, each once."""
    if not only:
        return [image for image in catalogue if image.build == "default"]
    names: set[str] = set()
    pending = list(only)
    while pending:
        image = catalogue.find(pending.pop())
        if image is not None and image.name not in names:
            names.add(image.name)
            pending += [image.parent] if image.parent else []
    return [image for image in catalogue if image.name in names]


def context_folder(image: CatalogueImage, project: Path) -> Path:
    """Return the folder that a build sees."""
    return project / image.context


def dockerfile(image: CatalogueImage, project: Path) -> Path:
    """Return an image's Dockerfile."""
    return project / image.dockerfile


def build_key(
    image: CatalogueImage, project: Path, parent_id: str, certificates: Path | None = None
) -> str:
    """Return a hash of everything that decides what a build makes.

    These are the files of the context that its ignore file lets through, the
    Dockerfile, the arguments, the parent's content and the extra certificates.
    """
    digest = hashlib.sha256()
    for name, value in sorted(image.args.items()):
        _feed(digest, f"arg {name}={value}".encode())
    _feed(digest, f"parent {parent_id}".encode())
    context = context_folder(image, project)
    recipe = dockerfile(image, project)
    if not recipe.is_file():
        raise SetupError(f"The image {image.name} has no Dockerfile: {recipe} is missing.")
    _feed(digest, recipe.read_bytes())
    files = [context / name for name in context_files(context, _ignored(context, recipe))]
    for file in [*files, *sorted(certificates.iterdir() if certificates else [])]:
        _feed(digest, file.name.encode() if file.parent == certificates else _name(file, context))
        _feed(digest, str(file.stat().st_mode & 0o111).encode() + file.read_bytes())
    return digest.hexdigest()


def context_files(context: Path, ignored: Iterable[str]) -> list[str]:
    """List the files of a context that a build can see, sorted."""
    found = exclude_paths(str(context), [*ignored, *ALWAYS_IGNORED])
    return sorted(name for name in found if (context / name).is_file())


def _ignored(context: Path, recipe: Path) -> list[str]:
    for file in (recipe.with_name(recipe.name + ".dockerignore"), context / ".dockerignore"):
        if file.is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return []


def _feed(digest: hashlib._Hash, data: bytes) -> None:
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def _name(file: Path, context: Path) -> bytes:
    return str(file.relative_to(context)).encode()


def _parent_id(engine: Engine, image: CatalogueImage) -> str:
    if not image.parent:
        return ""
    try:
        return engine.image(image.parent).id
    except NotFoundError as exc:
        raise SetupError(
            f"{image.name} is built on {image.parent}, which is not on this machine.",
            "Run `make up`, which makes the images in their order.",
        ) from exc


def _present(engine: Engine, name: str) -> Image | None:
    try:
        return engine.image(name)
    except NotFoundError:
        return None


def _discard(engine: Engine, old: Image) -> None:
    # A workspace that still runs on it keeps it; then the engine refuses.
    if _present(engine, old.id) is not None and not engine.image(old.id).tags:
        with contextlib.suppress(LabdockError):
            engine.remove_image(old.id)


def _build(
    image: CatalogueImage, project: Path, key: str, inputs: BuildInputs, console: Console
) -> None:
    command = [
        *("docker", "buildx", "build", "--builder", "default", "--load", "--progress", "plain"),
        *("--tag", image.name, "--label", f"{BUILD}={key}"),
        *("--file", str(dockerfile(image, project))),
        *(part for pair in image.args.items() for part in ("--build-arg", "=".join(pair))),
        # By name alone: the client reads the value, and BuildKit keeps these out of the image.
        *(part for name in proxy_variables() for part in ("--build-arg", name)),
        *inputs.arguments(),
        str(context_folder(image, project)),
    ]
    stream(
        command,
        console,
        failure=f"{image.name} could not be built",
        remedy="The lines above say which step failed; `make up` goes on from there.",
        shown=step_text,
    )


def step_text(line: str) -> str | None:
    """Return what a person wants to see of a line of BuildKit's plain progress: its steps.

    >>> step_text("#9 [build 2/14] RUN --mount=type=cache,target=/x     apt-get update")
    'build 2/14  RUN apt-get update'
    """
    match = _STEP.match(line)
    if match is None:
        return "writing the image" if line.endswith(" exporting to image") else None
    words = [word for word in match["text"].split() if not word.startswith("--mount=")]
    text = f"{match['stage'] or ''} {match['number']}  {' '.join(words)}".strip()
    return text if len(text) <= STEP_WIDTH else text[: STEP_WIDTH - 1] + "…"
