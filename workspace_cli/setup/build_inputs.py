"""What an image build takes from this machine: where packages come from, whom it trusts.

Everything is handed over as a build secret or a named build context, so that
nothing of the machine's configuration stays in an image.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.setup.base_image import extra_certificates
from workspace_cli.setup.commands import attempt

IMAGE_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Where the images keep the certificates that they trust."""
_PIP_KEYS = (
    *("index-url", "extra-index-url", "trusted-host", "no-index", "proxy"),
    *("timeout", "default-timeout", "retries"),
)
_NPM_KEYS = ("//", "@", "proxy", "https-proxy", "noproxy", "strict-ssl")
"""Lines of an npmrc(5) that say where packages come from; ``//`` begins credentials."""


@dataclass(frozen=True)
class BuildInputs:
    """Folders and files on this machine that a build may use; both secrets may be empty."""

    wheels: Path
    certificates: Path
    pip: Path
    npm: Path

    def arguments(self) -> list[str]:
        """The options of ``docker buildx build`` that hand everything over."""
        return [
            *("--build-context", f"wheels={self.wheels}"),
            *("--build-context", f"ca={self.certificates}"),
            *("--secret", f"id=pipconf,src={self.pip}"),
            *("--secret", f"id=npmrc,src={self.npm}"),
        ]


@contextmanager
def build_inputs() -> Iterator[BuildInputs]:
    """Gather the inputs in a folder that only root can read and that goes afterwards."""
    pip = pip_settings()
    with tempfile.TemporaryDirectory(prefix="labdock-build-") as name:
        folder = Path(name)
        wheels, certificates = folder / "wheels", folder / "ca"
        certificates.mkdir()
        for certificate in extra_certificates():
            shutil.copy(certificate, certificates)
        trusted = certificate_bundle(any(certificates.iterdir()))
        (folder / "pip.conf").write_text(pip_file(pip, trusted), encoding="utf-8")
        (folder / "npmrc").write_text(npm_file(trusted), encoding="utf-8")
        yield BuildInputs(
            wheel_folder(pip, wheels), certificates, folder / "pip.conf", folder / "npmrc"
        )


def certificate_bundle(has_extra: bool) -> str:
    """Return the bundle that pip and npm must use: theirs ('') unless this machine adds to it."""
    return IMAGE_CERTIFICATES if has_extra else ""


def pip_settings() -> Mapping[str, str]:
    """Return pip's effective configuration by option name; a variable wins over a file."""
    _, output, _ = attempt([sys.executable, "-m", "pip", "config", "list"])
    return parse_pip_config(output)


def parse_pip_config(output: str) -> Mapping[str, str]:
    """Read what ``pip config list`` prints (``global.index-url='…'``)."""
    levels: dict[str, dict[str, str]] = {"file": {}, "install": {}, "env": {}}
    for line in output.splitlines():
        name, equals, value = line.partition("=")
        section, dot, option = name.strip().rpartition(".")
        if not equals or not dot:
            continue
        level = {":env:": "env", "install": "install"}.get(section, "file")
        if section in (":env:", "install", "global"):
            # pip prints a value as Python writes a string; a list comes one item a line.
            text = value.encode().decode("unicode_escape") if "\\" in value else value
            levels[level][option] = " ".join(shlex.split(text))
    return {**levels["file"], **levels["install"], **levels["env"]}


def pip_file(settings: Mapping[str, str], bundle: str) -> str:
    """Write the pip configuration of a build; what names files of this machine stays out."""
    lines = ["[global]", "disable-pip-version-check = true"]
    for key in _PIP_KEYS:
        values = [value for value in settings.get(key, "").split() if not _local(value)]
        if values:
            lines.append(f"{key} = " + "\n    ".join(values))
    remote = [link for link in settings.get("find-links", "").split() if not _local(link)]
    if remote:
        lines.append("find-links = " + "\n    ".join(remote))
    if bundle:
        lines.append(f"cert = {bundle}")
    return "\n".join(lines) + "\n"


def npm_file(bundle: str) -> str:
    """Write the npm configuration of a build: the person's own, the registry in force."""
    personal = Path.home() / ".npmrc"
    kept = personal.read_text(encoding="utf-8").splitlines() if personal.is_file() else []
    lines = [line for line in kept if line.startswith(_NPM_KEYS)]
    code, registry, _ = attempt(["npm", "config", "get", "registry"], timeout=30)
    if code == 0 and registry.startswith("http"):
        lines.append(f"registry={registry.strip()}")
    if bundle:
        lines.append(f"cafile={bundle}")
    return "\n".join(lines) + "\n"


def wheel_folder(settings: Mapping[str, str], folder: Path) -> Path:
    """Return one folder with the wheels of every local ``find-links`` folder.

    That is the named folder itself where there is exactly one, so that large
    wheels are not copied; else ``folder``, made here.
    """
    links = [link.removeprefix("file://") for link in settings.get("find-links", "").split()]
    local = [Path(link) for link in dict.fromkeys(links) if Path(link).is_dir()]
    if len(local) == 1:
        return local[0]
    folder.mkdir()
    for wheel in (file for source in local for file in sorted(source.glob("*.whl"))):
        shutil.copy(wheel, folder)
    return folder


def _local(value: str) -> bool:
    return value.startswith(("file:", "/", ".", "~"))
