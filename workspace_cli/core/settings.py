"""What an admin sets once for a machine, from the environment or ``.env``."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.naming import check_account

PREFIX = "WORKSPACE_"
CONTAINER_PREFIX = "WORKSPACE_AUTH_"
"""Variables of containers (name and password of a standalone server), no settings."""
DEFAULT_POOL = ipaddress.IPv4Network("10.213.0.0/16")
"""Addresses of the owners' networks: room for 2,048 owners of 30 addresses each."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one Labdock, checked.

    ``port_range`` is inclusive; ``bind`` is the host address of the public port
    (loopback unless TLS is set or an admin names another); ``url`` is what people
    type, without a path, where that is another address.
    """

    port: int = 8000
    root: Path = Path("/var/lib/labdock")
    admin: str = "admin"
    admin_password: str | None = None
    database_url: str | None = None
    port_range: tuple[int, int] = (9200, 9299)
    gpu_backend: str = "auto"
    tls_cert: Path | None = None
    tls_key: Path | None = None
    bind: str = "127.0.0.1"
    address_pool: ipaddress.IPv4Network = DEFAULT_POOL
    profile: str = "default"
    timezone: str = "UTC"
    url: str | None = None
    subdomains: bool = False

    @property
    def tls(self) -> bool:
        """Whether the public port speaks TLS."""
        return self.tls_cert is not None

    @property
    def encrypted(self) -> bool:
        """Whether browsers come by TLS, spoken by the public port or by something in front."""
        return self.tls or (self.url or "").startswith("https:")

    @property
    def fronted(self) -> bool:
        """Whether something in front speaks TLS; nobody else is to reach the public port then."""
        return self.encrypted and not self.tls

    @property
    def domain(self) -> str | None:
        """The name below which every member has a host name of their own, where they have."""
        return urlsplit(self.url).hostname if self.url and self.subdomains else None

    @property
    def homes(self) -> Path:
        """Folder of the members' homes, one folder each."""
        return self.root / "homes"

    @property
    def shared(self) -> Path:
        """Folder that every member reads and writes."""
        return self.root / "shared"

    @property
    def datasets(self) -> Path:
        """Folder that every member reads."""
        return self.root / "datasets"

    @property
    def hub_dir(self) -> Path:
        """Folder of the hub's own state, root's alone."""
        return self.root / "hub"

    @property
    def secrets(self) -> Path:
        """Folder of the workspaces' secrets, one folder a container."""
        return self.root / "secrets"

    @property
    def lock(self) -> Path:
        """File whose ``flock`` covers list → decide → create."""
        return self.root / "lock"

    @property
    def policy_file(self) -> Path:
        """File with who may have how much for how long."""
        return self.root / "policy.toml"

    @property
    def api_token(self) -> Path:
        """File with the token by which the command line reaches the hub."""
        return self.hub_dir / "api-token"

    @property
    def portal_token(self) -> Path:
        """File with the token by which the portal reaches the hub."""
        return self.hub_dir / "portal-token"


def load_settings(
    environ: Mapping[str, str] | None = None,
    env_file: Path | None = None,
    *,
    tls_files: bool = True,
) -> Settings:
    """Read the settings; the environment wins over ``env_file`` (by default ``.env``).

    Without ``tls_files`` certificate and key need not be there: a container that
    only has to know whether there is TLS is given neither.
    Raises InvalidSettingError, naming the setting, for an unknown or malformed one.
    """
    environ = os.environ if environ is None else environ
    file = Path(".env") if env_file is None else env_file
    values = {**_read_env_file(file), **_ours(environ)}
    fields: dict[str, Any] = {}
    for name, text in values.items():
        if name not in _PARSERS:
            raise _unknown(name)
        if text == "":
            continue
        parser = _PARSERS[name]
        if parser is _file and not tls_files:
            parser = _absolute
        try:
            fields[name.removeprefix(PREFIX).lower()] = parser(text)
        except InvalidSettingError:
            raise
        except Exception as exc:
            raise InvalidSettingError(f"{name}={_shown(name, text)} cannot be used: {exc}") from exc
    return _with_defaults(fields)


def _with_defaults(fields: dict[str, Any]) -> Settings:
    if ("tls_cert" in fields) != ("tls_key" in fields):
        raise InvalidSettingError(
            "WORKSPACE_TLS_CERT and WORKSPACE_TLS_KEY belong together; one is missing.",
            "Set both, or neither.",
        )
    if "tls_cert" in fields:
        fields.setdefault("bind", "0.0.0.0")  # noqa: S104 - TLS makes the public address safe
    settings = Settings(**fields)
    _check_url(settings)
    return settings


def _check_url(settings: Settings) -> None:
    if settings.tls and settings.url and not settings.url.startswith("https:"):
        raise InvalidSettingError(
            "WORKSPACE_URL begins with http:, while WORKSPACE_TLS_CERT makes the port speak TLS.",
            "Write it with https:.",
        )
    if settings.subdomains and not (settings.domain and _HOST_NAME.fullmatch(settings.domain)):
        raise InvalidSettingError(
            "WORKSPACE_SUBDOMAINS=on needs a WORKSPACE_URL with a host name, such as "
            "https://lab.example.org.",
            "Set it, and let *.lab.example.org lead to this machine as well.",
        )


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(CONTAINER_PREFIX)
    }


def _read_env_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidSettingError(f"{path} cannot be read: {exc}.") from exc
    values = {}
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise InvalidSettingError(
                f"{path}, line {number}: {line!r} is not NAME=VALUE.", "Correct or remove the line."
            )
        values[name.strip()] = value.strip().strip("'\"")
    return _ours(values)


def _unknown(name: str) -> InvalidSettingError:
    close = get_close_matches(name, _PARSERS, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(_PARSERS))}."
    return InvalidSettingError(f"There is no setting {name}.", hint)


def _shown(name: str, text: str) -> str:
    return "…" if "PASSWORD" in name or "URL" in name else repr(text)


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError("a port is a number from 1 to 65535")
    return port


def _port_range(text: str) -> tuple[int, int]:
    low, dash, high = text.partition("-")
    if not dash or _port(low) > _port(high):
        raise ValueError("a range is LOW-HIGH, for example 9200-9299")
    return int(low), int(high)


def _absolute(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute() or path == Path("/"):
        raise ValueError("it must be an absolute path, and not /")
    return path


def _file(text: str) -> Path:
    path = _absolute(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"choose one of {', '.join(choices)}")
        return text

    return parse


def _account(text: str) -> str:
    check_account(text)
    return text


def _password(text: str) -> str:
    if not 8 <= len(text) <= 256:
        raise ValueError("a password has 8 to 256 characters")
    return text


def _pool(text: str) -> ipaddress.IPv4Network:
    pool = ipaddress.IPv4Network(text)
    if pool.prefixlen > 24 or not pool.is_private:
        raise ValueError("it must be a private network of /24 or larger")
    return pool


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("it must begin with sqlite:/// or postgresql://")
    return text


_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?")
"""Two labels or more: a browser takes no cookie for a whole top-level domain."""


def _url(text: str) -> str:
    parts = urlsplit(text.lower())
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    # Reading the port checks it.
    if parts.scheme not in ("http", "https") or not parts.hostname or any(rest) or parts.port == 0:
        raise ValueError("it is http:// or https://, a host and perhaps a port, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _timezone(text: str) -> str:
    from zoneinfo import ZoneInfo

    ZoneInfo(text)
    return text


_PARSERS: dict[str, Callable[[str], Any]] = {
    "WORKSPACE_PORT": _port,
    "WORKSPACE_ROOT": _absolute,
    "WORKSPACE_ADMIN": _account,
    "WORKSPACE_ADMIN_PASSWORD": _password,
    "WORKSPACE_DATABASE_URL": _database_url,
    "WORKSPACE_PORT_RANGE": _port_range,
    "WORKSPACE_GPU_BACKEND": _choice("auto", "cdi", "nvidia", "none"),
    "WORKSPACE_TLS_CERT": _file,
    "WORKSPACE_TLS_KEY": _file,
    "WORKSPACE_BIND": lambda text: str(ipaddress.ip_address(text)),
    "WORKSPACE_ADDRESS_POOL": _pool,
    "WORKSPACE_PROFILE": _choice("default", "hardened"),
    "WORKSPACE_TIMEZONE": _timezone,
    "WORKSPACE_URL": _url,
    "WORKSPACE_SUBDOMAINS": lambda text: _choice("on", "off")(text) == "on",
}
