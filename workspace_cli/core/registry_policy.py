"""What the lab's policy says of image registries: table ``[registries]`` of ``policy.toml``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

_REGISTRY = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?"
)


def _registry(value: str) -> str:
    if not _REGISTRY.fullmatch(value):
        raise ValueError("write a registry as HOST or HOST:PORT, for example registry.lab:5000")
    return value


Registry = Annotated[str, AfterValidator(_registry)]


class RegistryRules(BaseModel):
    """Registries of the lab."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trusted: tuple[Registry, ...] = ()
    """What is pulled from these can be started by members at once."""
    push_to: Registry | None = None
    """Where ``workspace push`` sends an image for which no other name is given."""
