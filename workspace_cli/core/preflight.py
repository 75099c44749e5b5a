"""Whether an image of somebody else's can become a workspace: found out without running it.

``images/adopt/look.py`` reads the image's files; what it tells, and what the engine
tells of the image's configuration, is judged here by pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workspace_cli.core import labels
from workspace_cli.core.facts import version_numbers
from workspace_cli.core.images import exposed_ports
from workspace_cli.core.models import SERVER_PORT, Image

Level = Literal["ok", "warn", "refuse"]
Verdict = Literal["ok", "warnings", "refused"]

FAMILY = ("debian", "ubuntu")
OLDEST_GLIBC = (2, 28)
"""Below it the notebook kernel's packages are not to be had as wheels (PEP 600)."""
OLDEST_PYTHON = (3, 8)
"""The oldest that a notebook kernel is still to be had for."""
MOST_LAYERS = 110
"""The engine mounts about 125; what is laid on top takes some ten."""
MEMBER, GROUP = ("member", 1000), ("labdock", 990)
DRIVERS = {11: (450, 80, 2), 12: (525, 60, 13), 13: (580,)}
"""CUDA's main version → the oldest driver that runs it (NVIDIA, CUDA Toolkit release notes,
"CUDA Compatibility")."""
_INTERACTIVE = ("", "bash", "sh", "/bin/bash", "/bin/sh", "python", "python3", "sleep infinity")
"""Programs that an image is started with to be worked in: nobody misses them."""
_LEARNING = ("torch", "tensorflow", "jax")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what was found, and where that matters, why."""

    name: str
    level: Level
    found: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What an image is held against: the architecture, and NVIDIA's driver ('' for none)."""

    architecture: str
    driver: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An image, and what its files tell (see ``images/adopt/look.py``)."""

    reference: str
    image: Image
    files: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pythons(self) -> Sequence[Mapping[str, Any]]:
        """The Pythons that are in the image, those of its PATH first."""
        found: Sequence[Mapping[str, Any]] = self.files.get("pythons", ())
        return found

    @property
    def python(self) -> Mapping[str, Any] | None:
        """The Python that the member's environment is made of, None where there is none.

        The one with a deep-learning library, else conda's or a venv's, else the first.
        """
        usable = [one for one in self.pythons if version_numbers(one["version"]) >= OLDEST_PYTHON]

        def rank(one: Mapping[str, Any]) -> int:
            if any(name in one["packages"] for name in _LEARNING):
                return 0
            return 1 if one["kind"] in ("conda", "venv", "own") else 2

        return min(usable, key=rank, default=None)


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What was found out about an image, and what follows."""

    reference: str
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """``ok``, ``warnings``, or ``refused`` where one check says so."""
        levels = {check.level for check in self.checks}
        return "refused" if "refuse" in levels else "warnings" if "warn" in levels else "ok"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is refused."""
        return tuple(check.reason for check in self.checks if check.level == "refuse")


def judge(subject: Subject, machine: Machine) -> Preflight:
    """Hold an image against what a workspace needs."""
    return Preflight(
        reference=subject.reference,
        checks=(
            _server(subject),
            _system(subject),
            _architecture(subject, machine),
            _libc(subject),
            _tools(subject),
            _accounts(subject),
            _python(subject),
            _cuda(subject, machine),
            *_program(subject),
            *_rest(subject),
        ),
    )


def _server(subject: Subject) -> Check:
    if subject.files.get("server") or subject.image.labels.get(labels.SERVER) == "1":
        return Check(
            "server",
            "refuse",
            "Labdock's",
            "It has a Labdock server already: use it as it is, or adopt what it was made from.",
        )
    return Check("server", "ok", "none; Labdock's is laid on top")


def _system(subject: Subject) -> Check:
    release = subject.files.get("release", {})
    name = release.get("PRETTY_NAME") or release.get("ID") or "unknown"
    kinds = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if kinds & set(FAMILY):
        return Check("system", "ok", name)
    return Check(
        "system",
        "refuse",
        name,
        f"It is made from {name}; only images made from Debian or Ubuntu can be adopted.",
    )


def _architecture(subject: Subject, machine: Machine) -> Check:
    own = subject.image.architecture
    if own == machine.architecture:
        return Check("architecture", "ok", own)
    reason = f"It is built for {own}, and this machine is {machine.architecture}."
    return Check("architecture", "refuse", own, reason)


def _libc(subject: Subject) -> Check:
    found = subject.files.get("libc", "")
    name, _, version = found.partition(" ")
    if name == "musl":
        reason = "Its C library is musl, for which most Python packages have no wheels."
        return Check("libc", "refuse", found, reason)
    if name != "glibc":
        return Check(
            "libc", "refuse", "none", "It has no GNU C library, so no program of ours runs."
        )
    if version and version_numbers(version) < OLDEST_GLIBC:
        least = ".".join(map(str, OLDEST_GLIBC))
        reason = f"Its C library ({version}) is too old: notebooks need {least}. Use a newer image."
        return Check("libc", "refuse", found, reason)
    return Check("libc", "ok", found)


def _tools(subject: Subject) -> Check:
    missing = [
        name for name, key in (("sh", "shell"), ("apt", "apt")) if not subject.files.get(key)
    ]
    if not missing:
        return Check("tools", "ok", "sh, apt")
    what = " and ".join(missing)
    return Check("tools", "refuse", f"no {what}", f"It has no {what}, so nothing can be installed.")


def _accounts(subject: Subject) -> Check:
    users, groups = subject.files.get("users", {}), subject.files.get("groups", {})
    for known, (name, number), kind in ((users, MEMBER, "user"), (groups, GROUP, "group")):
        if known.get(name, number) != number:
            reason = f"It has a {kind} {name} of its own with another number ({known[name]})."
            return Check("accounts", "refuse", f"{kind} {name}", reason)
    other = next((n for n, uid in users.items() if uid == MEMBER[1] and n != MEMBER[0]), "")
    if other:
        reason = f"Its user {other} has uid {MEMBER[1]} too: their files are the member's."
        return Check("accounts", "warn", f"uid {MEMBER[1]} is {other}", reason)
    return Check("accounts", "ok", f"uid {MEMBER[1]} is free")


def _python(subject: Subject) -> Check:
    chosen = subject.python
    if chosen is None:
        if subject.pythons:
            return Check(
                "python",
                "warn",
                ", ".join(one["program"] for one in subject.pythons),
                "Its Python is too old for notebooks: the distribution's is installed beside it.",
            )
        reason = "It has no Python: the distribution's is installed."
        return Check("python", "warn", "none", reason)
    named = [f"{n} {v}".strip() for n, v in chosen["packages"].items() if n in _LEARNING]
    text = f"{chosen['program']} ({chosen['version']}, {chosen['kind']})"
    return Check("python", "ok", ", ".join([text, *named]))


def needed_cuda(subject: Subject) -> str:
    """Return the version of CUDA that an image needs, as it says itself; '' where it needs none."""
    environment = subject.image.environment
    for clause in environment.get("NVIDIA_REQUIRE_CUDA", "").split():
        if clause.startswith("cuda>="):
            return clause.removeprefix("cuda>=").split(",")[0]
    told = environment.get("CUDA_VERSION", "") or subject.files.get("cuda", "")
    return told or next((one["torch_cuda"] for one in subject.pythons if one["torch_cuda"]), "")


def _cuda(subject: Subject, machine: Machine) -> Check:
    needed = needed_cuda(subject)
    if not needed:
        return Check("cuda", "ok", "none")
    if not machine.driver:
        reason = "Not checked against a driver: this machine has no GPU."
        return Check("cuda", "warn", f"needs {needed}", reason)
    numbers = version_numbers(needed)
    least = DRIVERS.get(numbers[0]) if numbers else None
    if least is None:
        reason = f"Not checked: nothing is known of CUDA {needed}."
        return Check("cuda", "warn", f"needs {needed}", reason)
    if version_numbers(machine.driver) < least:
        wanted = ".".join(map(str, least))
        reason = (
            f"CUDA {needed} needs driver {wanted}, and this machine has {machine.driver}: "
            "without a newer driver its programs find no GPU."
        )
        return Check("cuda", "warn", f"needs {needed}", reason)
    return Check("cuda", "ok", f"needs {needed}, driver {machine.driver}")


def start_program(image: Image) -> str:
    """Return what an image runs when it is started, as one line; '' where it runs nothing."""
    words: list[str] = []
    for name in ("Entrypoint", "Cmd"):
        given = image.config.get(name)
        words += [str(word) for word in given] if isinstance(given, (list, tuple)) else []
    return " ".join(words)


def _program(subject: Subject) -> Iterator[Check]:
    program = start_program(subject.image)
    if program in _INTERACTIVE:
        yield Check("program", "ok", program or "none")
    else:
        reason = "Its own program no longer starts by itself: Labdock's server takes its place."
        yield Check("program", "warn", program, reason)
    ports = exposed_ports(subject.image)
    text = ", ".join(map(str, ports)) or "none"
    if SERVER_PORT in ports:
        reason = f"Its program serves port {SERVER_PORT}, which is the server's in a workspace."
        yield Check("ports", "warn", text, reason)
    else:
        yield Check("ports", "ok", text)


def _rest(subject: Subject) -> Iterator[Check]:
    config = subject.image.config
    layers = len(subject.image.layers)
    if layers > MOST_LAYERS:
        reason = f"It has {layers} layers, near the engine's limit: flatten it first."
        yield Check("layers", "refuse", str(layers), reason)
    else:
        yield Check("layers", "ok", str(layers))
    volumes = config.get("Volumes")
    if isinstance(volumes, Mapping) and volumes:
        reason = "What is written there is in no saved environment, and goes with the container."
        yield Check("volumes", "warn", ", ".join(sorted(volumes)), reason)
    user = str(config.get("User") or "")
    if user not in ("", "0", "root"):
        reason = "The server starts as root and becomes the member: this user is not used."
        yield Check("user", "warn", user, reason)
    if config.get("OnBuild"):
        reason = "It runs steps of its own when something is built on it."
        yield Check("onbuild", "warn", "yes", reason)
