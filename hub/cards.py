"""The home page's view of a member's workspaces: one card each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from hub import offers

State = Literal["running", "starting", "stopping", "failed", "stopped", "new"]
REMEMBERED = ("image", "cpus", "memory", "shm_size", "pids", "gpus", "ports")


@dataclass(frozen=True, kw_only=True)
class Card:
    """One workspace as the hub knows it; ``server`` is '' for the default one.

    ``cpus`` and ``memory`` are written for people ("4 GiB"), '' where no limit
    was chosen; ``options`` is what the next start would be given again, each
    value as a form sends it.
    """

    server: str
    title: str
    state: State
    image: str
    image_title: str
    cpus: str
    memory: str
    gpus: str
    url: str
    last_activity: datetime | None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A word that is unique on the page, for ids."""
        return self.server or "default"


def of_user(user: Any) -> list[Card]:
    """Return the cards of a JupyterHub user, the default workspace first."""
    titles = offers.image_titles()
    found = {spawner.name: spawner for spawner in user.all_spawners()}
    # A member who never started anything has no default server in the database yet.
    found.setdefault("", user.spawner)
    return [_card(user, found[name], titles) for name in sorted(found)]


def _card(user: Any, spawner: Any, titles: Mapping[str, str]) -> Card:
    # JupyterHub hands out its Spawner for servers it has touched, the bare row for others.
    row = getattr(spawner, "orm_spawner", spawner)
    chosen = remembered(row.user_options or {})
    image = chosen.get("image", "")
    return Card(
        server=row.name,
        title=row.display_name or row.name,
        state=_state(spawner, made=bool(chosen) or row.last_activity is not None),
        image=image,
        image_title=titles.get(image, image),
        cpus=offers.format_cpus(chosen.get("cpus")),
        memory=offers.format_memory(chosen.get("memory")),
        gpus=chosen.get("gpus", ""),
        url=user.server_url(row.name),
        last_activity=row.last_activity,
        options=chosen,
    )


def remembered(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the chosen options of a server as a form would send them."""
    chosen = {}
    for name in REMEMBERED:
        value = options.get(name)
        if isinstance(value, (list, tuple)):
            value = ",".join(str(part) for part in value)
        if value not in (None, "", 0):
            chosen[name] = str(value)
    return chosen


def _state(spawner: Any, *, made: bool) -> State:
    if spawner.pending == "stop":
        return "stopping"
    if spawner.ready:
        return "running"
    if spawner.pending:
        return "starting"
    if _last_start_failed(spawner):
        return "failed"
    return "stopped" if made else "new"


def _last_start_failed(spawner: Any) -> bool:
    start = getattr(spawner, "_spawn_future", None)
    if start is None or not start.done() or start.cancelled():
        return False
    return start.exception() is not None
