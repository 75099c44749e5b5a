"""The image that all others start from: pulled, or made from the distribution's packages."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workspace_cli.core.engine import Engine, Progress
from workspace_cli.core.errors import LabdockError, NotFoundError, SetupError
from workspace_cli.setup import apt, machine
from workspace_cli.setup.commands import attempt, capture, stream
from workspace_cli.setup.console import Console

NAME = "labdock/debian"
RELEASE = "bookworm"
PUBLISHED = "debian:bookworm-20260421-slim"
"""The same system as its publisher builds it, at one date."""
CERTIFICATES = Path("/usr/local/share/ca-certificates")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEBOOTSTRAP = ("debootstrap", "--variant=minbase", "--include=ca-certificates")
CHUNK = 1 << 20

# What the published slim image leaves out too, so that an image built here does not differ.
LEFT_OUT = ("doc", "info", "linda", "lintian", "locale", "man")
DPKG_RULES = "".join(f"path-exclude /usr/share/{folder}/*\n" for folder in LEFT_OUT) + (
    "path-include /usr/share/doc/*/copyright\n"
)
APT_RULES = (
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n'
    'Acquire::Languages "none";\nAcquire::GzipIndexes "true";\n'
)
NO_SERVICES = "#!/bin/sh\n# A container starts what it needs by itself.\nexit 101\n"


def ensure_base_image(engine: Engine, console: Console, name: str = NAME) -> None:
    """Make sure that the base image exists; nothing happens where it does.

    Nobody's own ``debian:…`` tag is made or moved.
    """
    try:
        engine.image(name)
    except NotFoundError:
        console.step(f"Fetching the base image {PUBLISHED}")
        if not _pulled(engine, console, name):
            console.step(f"Making the base image {name} from Debian's packages")
            _bootstrap(engine, console, name)


def _pulled(engine: Engine, console: Console, name: str) -> bool:
    try:
        engine.tag(PUBLISHED, name)
    except NotFoundError:
        pass
    else:
        return True
    try:
        engine.pull(PUBLISHED, _progress(console))
    except LabdockError as exc:
        console.line(f"No image registry can be used: {exc.message}")
        return False
    engine.tag(PUBLISHED, name)
    engine.remove_image(PUBLISHED)
    return True


def _progress(console: Console) -> Callable[[Progress], None]:
    seen: set[str] = set()

    def report(progress: Progress) -> None:
        if progress.text not in seen:
            seen.add(progress.text)
            console.line(progress.text)

    return report


def _bootstrap(engine: Engine, console: Console, name: str) -> None:
    system = machine.distribution()
    sources = base_sources(apt.machine_sources(), system)
    if shutil.which("debootstrap") is None:
        apt.update(console)
        apt.install(["debootstrap", "ca-certificates"], console)
    with _work_folder() as root:
        stream(
            [*DEBOOTSTRAP, RELEASE, str(root), sources[0].uri],
            console,
            failure="debootstrap could not make the base system",
            remedy="Check the network and the disk's free space, then run this again.",
        )
        prepare(root, sources)
        image = engine.import_filesystem(_archive(root))
        engine.tag(image, name)


def base_sources(sources: Sequence[apt.Source], system: machine.Distribution) -> list[apt.Source]:
    """Rewrite the machine's own Debian sources for the base image, its main one first.

    Raises SetupError on a machine that is no Debian, whose mirrors carry other packages.
    """
    if system.id != "debian":
        raise SetupError(
            f"No image registry can be reached, and {system.name} has no Debian mirror to make "
            "the base image from.",
            f"Bring the image here by hand: `docker load` an archive of {PUBLISHED}.",
        )
    main = apt.main_mirror(sources, system.codename)
    found = [main, *(source for source in sources if source != main)]
    rewritten = []
    for source in found:
        suites = tuple(
            RELEASE + suite.removeprefix(system.codename)
            for suite in source.suites
            if suite in (system.codename, *_companions(system.codename))
        )
        if suites and "main" in source.components and source.uri.startswith("http"):
            rewritten.append(apt.Source(source.uri, suites, ("main",), KEYRING))
    return rewritten


def _companions(codename: str) -> tuple[str, str]:
    return f"{codename}-updates", f"{codename}-security"


@contextmanager
def _work_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="labdock-base-", dir="/var/tmp"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        _unmount_below(folder)
        shutil.rmtree(folder)


def _unmount_below(folder: Path) -> None:
    """Unmount what an interrupted debootstrap left, so that removing stays inside the folder."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    points = [line.split()[1] for line in mounts]
    for point in reversed([point for point in points if point.startswith(f"{folder}/")]):
        capture(["umount", "--lazy", point], failure=f"{point} could not be unmounted")


def prepare(root: Path, sources: Sequence[apt.Source]) -> None:
    """Turn a fresh base system into what the published image is, plus this machine's CAs."""
    files = {
        "etc/apt/sources.list.d/debian.sources": sources_file(sources),
        "etc/apt/apt.conf.d/labdock": APT_RULES,
        "etc/dpkg/dpkg.cfg.d/labdock": DPKG_RULES,
        "usr/sbin/policy-rc.d": NO_SERVICES,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    for certificate in extra_certificates():
        shutil.copy(certificate, root / "usr/local/share/ca-certificates" / certificate.name)
    attempt(["chroot", str(root), "update-ca-certificates"])
    _empty(root)


def extra_certificates(folder: Path = CERTIFICATES) -> list[Path]:
    """List the certificates of authorities that this machine trusts beyond its distribution's."""
    return sorted(folder.rglob("*.crt"))


def sources_file(sources: Sequence[apt.Source]) -> str:
    """Write sources as one deb822 file."""
    return "\n".join(
        f"Types: deb\nURIs: {source.uri}\nSuites: {' '.join(source.suites)}\n"
        f"Components: {' '.join(source.components)}\nSigned-By: {source.signed_by}\n"
        for source in sources
    )


def _empty(root: Path) -> None:
    for pattern in ("var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/log/*.log"):
        for file in root.glob(pattern):
            file.unlink()
    for folder in ("var/lib/apt/lists", *(f"usr/share/{name}" for name in LEFT_OUT)):
        for entry in (root / folder).glob("*"):
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _archive(root: Path) -> Iterator[bytes]:
    command = ["tar", "-C", str(root), "--numeric-owner", "--one-file-system"]
    process = subprocess.Popen(
        [*command, "--exclude=./dev/*", "--exclude=./proc/*", "--exclude=./sys/*", "-c", "."],
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        while chunk := process.stdout.read(CHUNK):
            yield chunk
    if process.returncode != 0:
        raise SetupError("The base system could not be packed: tar ended with an error.")
