"""Everything that a use case needs to reach one machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from workspace_cli.core.catalogue import ADDED_FILE, Catalogue
from workspace_cli.core.engine import Engine
from workspace_cli.core.lock import HostLock
from workspace_cli.core.models import EngineInfo
from workspace_cli.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from workspace_cli.core.database import Database
    from workspace_cli.core.policy import Policy


@dataclass(frozen=True)
class Host:
    """One machine: its engine, its settings, the images on offer, its clock."""

    engine: Engine
    settings: Settings
    catalogue: Catalogue
    clock: Callable[[], float] = time.time
    policy_file: Path | None = None
    """Where the policy is read, by default in the data root."""

    def locked(self) -> AbstractContextManager[object]:
        """Hold the machine's one lock: list → decide → create (BusyError after a while)."""
        return HostLock(self.settings.lock)

    @cached_property
    def info(self) -> EngineInfo:
        """What the engine says about itself, asked once."""
        return self.engine.info()

    @property
    def policy(self) -> Policy:
        """Who may have how much, as the file says now (``policy.toml``; InvalidSettingError)."""
        from workspace_cli.core.policy import load_policy

        return load_policy(self.policy_file or self.settings.policy_file)

    @cached_property
    def database(self) -> Database:
        """The lab's database; connected to when first used."""
        from workspace_cli.core.database import open_database

        return open_database(self.settings)


def open_host(settings: Settings | None = None) -> Host:
    """Return the machine that the settings describe; nothing is connected to yet."""
    from workspace_cli.core.docker_engine import DockerEngine

    settings = load_settings() if settings is None else settings
    return Host(DockerEngine(), settings, Catalogue(added=settings.root / ADDED_FILE))


def open_beside_hub(settings: Settings) -> Host:
    """Return the machine for a container that sees the hub's folder of the data root alone."""
    from workspace_cli.core import published
    from workspace_cli.core.docker_engine import DockerEngine

    catalogue = Catalogue(added=published.catalogue_copy(settings))
    policy_file = published.policy_copy(settings)
    return Host(DockerEngine(), settings, catalogue, policy_file=policy_file)
