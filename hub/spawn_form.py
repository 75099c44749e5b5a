"""The form on the spawn page: what to start, with how much of the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tornado.httputil import HTTPServerRequest

from hub import cards, offers
from hub.membership import member_of, remember
from hub.templating import asked_server, current_request, environment
from workspace_cli.core import labels, profiles
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.gpu_inventory import Gpu, choose_backend, inventory
from workspace_cli.core.host import Host
from workspace_cli.core.limits import Bounds, bounds_of, usual_limits
from workspace_cli.core.members import Member
from workspace_cli.core.models import Limits, Workspace
from workspace_cli.core.naming import workspace_of_server
from workspace_cli.core.options import parse_memory
from workspace_cli.core.policy import Policy
from workspace_cli.core.profile_rows import Profile
from workspace_cli.core.references import same_image

FIELDS = cards.REMEMBERED
WAIT = "wait"
REPLACE = "replace_image"
"""The tick that says: another image may replace the workspace's container."""
FRESH = "fresh"
"""What says: begin anew from the image, also where it is the same."""
SAVE = "save_first"
"""The tick that says: save what is there before it is replaced."""
NOT_STARTED = "not-started"
"""… as something that did not start any more."""
KEEP = "save_profile"
"""The name under which the choices are kept as a profile."""
SAFE = "safe_mode"
"""The tick that says: start without the member's environment, to mend it or to make room."""
MEMORY_STEPS = ("1g", "2g", "4g", "8g", "16g", "32g", "64g", "128g", "256g", "512g")
ORIGINS = ("lab", "own", "shared")
SHM_STEPS = ("256m", "1g", "2g", "4g", "8g", "16g", "32g")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the form depends on: images, the machine (memory in bytes), the workspace's own.

    ``image`` is what the existing container was made from, None where there is none.
    ``bounds`` is the most that the member may have, None where that is the whole
    machine; ``usual`` is what a workspace without GPUs gets where nothing is chosen,
    ``usual_shm_gpu`` the shared memory of one with some.
    """

    offers: Sequence[offers.Offer]
    image: str | None
    cpus: int
    memory: int
    gpus: int
    port_range: tuple[int, int]
    bounds: Bounds | None = None
    usual: Limits = field(default_factory=Limits)
    usual_shm_gpu: int | None = None
    timezone: str = "UTC"
    gpu_kinds: tuple[str, ...] = ()
    """What can be asked for beside a number: models where there are several, and ``shared``."""
    profiles: Sequence[Profile] = ()
    """What the form can be filled in from."""

    @property
    def most_cpus(self) -> float:
        """The most CPUs that may be chosen."""
        return self.bounds.cpus if self.bounds else self.cpus

    @property
    def most_memory(self) -> int:
        """The most memory that may be chosen, in bytes."""
        return self.bounds.memory if self.bounds else self.memory

    @property
    def most_shm(self) -> int:
        """The most shared memory that may be chosen, in bytes."""
        return self.bounds.shm_size if self.bounds else self.memory


async def options_form(spawner: Any) -> str:
    """Return the form for a spawner that knows its ``host``; JupyterHub's ``options_form``."""
    request = current_request.get()
    asked = asked_server()
    server = str(spawner.name) if asked is None else asked
    who = member_of(spawner.user)
    facts = await asyncio.to_thread(gather, spawner.host, who, server)
    return render(facts, _posted(request) or _remembered(spawner, server))


def options_from_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a posted form says, as raw options: chosen fields, each one text.

    A field given several times stays a list, for ``parse_options`` to judge;
    ``replace_image``, ``save_first`` and ``safe_mode`` are True where their box was ticked
    and absent otherwise.  What goes back from a failed start says ``fresh`` as well.
    """
    options: dict[str, Any] = {}
    for name in (*FIELDS, KEEP):
        values = [value for value in form.get(name, ()) if str(value).strip()]
        if values:
            options[name] = values[0] if len(values) == 1 else values
    for tick in (REPLACE, SAVE, SAFE, FRESH):
        if form.get(tick):
            options[tick] = NOT_STARTED if form[tick] == [NOT_STARTED] else True
    return options


def options_of_a_link(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an address says: never that something may be lost, as anybody can write it."""
    chosen = options_of_a_browser(query)
    return {name: value for name, value in chosen.items() if name in (*FIELDS, WAIT)}


def options_of_a_browser(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a posted form says; its sender can wait in line, and leave it, on a page."""
    return {**options_from_form(form), WAIT: True}


def gather(host: Host, who: Member, server: str) -> Facts:
    """Ask the engine, the catalogue and the database; blocks."""
    remember(host, who)
    owner = who.name
    workspace = workspace_of_server(server)
    gpus = inventory(choose_backend(host.settings, host.info))
    return Facts(
        offers=offers.of_owner(host, owner),
        image=_image_of(host, owner, workspace),
        cpus=host.info.cpus,
        memory=host.info.memory,
        gpus=len(gpus),
        port_range=host.settings.port_range,
        timezone=host.settings.timezone,
        bounds=bounds_of(host, owner),
        usual=usual_limits(host, owner),
        usual_shm_gpu=usual_limits(host, owner, gpus=True).shm_size,
        gpu_kinds=gpu_kinds(gpus, host.policy),
        profiles=profiles.offered(host, owner),
    )


def gpu_kinds(gpus: Sequence[Gpu], policy: Policy) -> tuple[str, ...]:
    """Return what a form offers beside a number: ``MODEL:1`` of several models, ``shared``."""
    models = sorted({gpu.name for gpu in gpus if gpu.name})
    several = [f"{model}:1" for model in models] if len(models) > 1 else []
    seats = any(policy.shared(gpu.id, gpu.uuid) for gpu in gpus)
    return (*several, *(["shared"] if seats else []))


def _image_of(host: Host, owner: str, name: str) -> str | None:
    containers = host.engine.containers({labels.OWNER: owner, labels.WORKSPACE: name})
    found = next(filter(None, map(Workspace.of, containers)), None)
    return found.image if found else None


def render(facts: Facts, chosen: Mapping[str, str], *, kept: bool = False) -> str:
    """Write the form's inside as HTML in the request's language, everything escaped.

    ``kept``: the choices are a profile's, and nothing is started with them now.
    """
    every = _with_kept(facts)
    wanted = chosen.get("image") or facts.image or ""
    known = [offer.reference for offer in every]
    picked = next((one for one in known if wanted and same_image(one, wanted)), None)
    current = next((one for one in known if facts.image and same_image(one, facts.image)), None)
    return (
        environment()
        .get_template("spawn_form.html")
        .render(
            groups=_grouped(every, picked),
            gone=wanted if picked is None else "",
            picked=picked or (known[0] if known else None),
            current=current,
            facts=facts,
            kept=kept,
            timezone=facts.timezone,
            chosen=chosen,
            memory_choices=_sizes(MEMORY_STEPS, facts.most_memory, chosen.get("memory", "")),
            shm_choices=_sizes(SHM_STEPS, facts.most_shm, chosen.get("shm_size", "")),
            more=any(chosen.get(name) for name in ("shm_size", "pids", "ports")),
        )
    )


def _with_kept(facts: Facts) -> list[offers.Offer]:
    """Return the offers, and before them what the workspace stands on where that is none any more.

    It may stay on an image that was removed or is no longer shared with its owner.
    """
    image = facts.image
    if not image or any(same_image(one.reference, image) for one in facts.offers):
        return list(facts.offers)
    kept = offers.Offer(reference=image, title=image, description="", size=0, origin="kept")
    return [kept, *facts.offers]


def _grouped(
    every: Sequence[offers.Offer], picked: str | None
) -> list[tuple[str, list[offers.Offer]]]:
    """Return what is offered by where it comes from, what was chosen last before all others."""
    last = [one for one in every if one.reference == picked]
    rest = [one for one in every if one.reference != picked]
    groups = [("last", last)]
    groups += [(name, [one for one in rest if one.origin == name]) for name in ORIGINS]
    return [(name, found) for name, found in groups if found]


def _sizes(steps: Sequence[str], limit: int, chosen: str) -> list[tuple[str, str, bool]]:
    """Return (value, words, selected) of sizes up to a limit, with the chosen one among them."""
    sizes = {parse_memory(step): step for step in steps if parse_memory(step) <= limit}
    wanted = None
    if chosen:
        try:
            wanted = parse_memory(chosen)
            sizes.setdefault(wanted, chosen)
        except InvalidOptionError:
            wanted = None  # what was posted is no size; the message above the form says so
    return [(sizes[size], offers.format_size(size), size == wanted) for size in sorted(sizes)]


def _posted(request: HTTPServerRequest | None) -> dict[str, str]:
    if request is None or request.method != "POST":
        return {}
    values = {name: request.body_arguments.get(name, []) for name in (*FIELDS, KEEP)}
    return {name: found[0].decode("utf-8", "replace") for name, found in values.items() if found}


def _remembered(spawner: Any, server: str) -> dict[str, str]:
    row = spawner.user.orm_spawners.get(server)
    return cards.remembered(row.user_options or {}) if row is not None else {}
