"""What can be wrong with a machine, judged from facts that were gathered before.

Each check reads ``Facts`` and returns findings: one line each, and a remedy
where something is not as it should be.  Nothing here asks the machine.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from workspace_cli.core.facts import Facts, Finding, Level, version_numbers
from workspace_cli.core.gpu_checks import check_driver, check_gpus, check_toolkit
from workspace_cli.core.models import EngineInfo

OLDEST_ENGINE = (24, 0)
GIB = 1 << 30
DISK_WARN, DISK_FAIL = 20 * GIB, 5 * GIB
"""Free bytes: a build needs about 5 GiB; one saved environment can take several."""
RUNC_FIXED: Mapping[tuple[int, int], int] = {(1, 2): 8, (1, 3): 3}
"""Series → first release with CVE-2025-31133, -52565 and -52881 corrected.

Source: https://github.com/opencontainers/runc/security/advisories (November 2025).
"""


def examine(facts: Facts) -> list[Finding]:
    """Run every check; without an engine only those that need none."""
    findings = [finding for check in CHECKS for finding in check(facts)]
    if facts.engine is not None:
        findings += [finding for check in ENGINE_CHECKS for finding in check(facts, facts.engine)]
    return findings


def check_engine(facts: Facts) -> Iterator[Finding]:
    """Whether an engine answers and is new enough."""
    if facts.engine is None:
        reason = facts.engine_error or "nothing answers at its socket"
        yield Finding(
            "engine", "fail", f"The Docker engine does not answer: {reason}", "Run `make up`."
        )
    elif version_numbers(facts.engine.version)[:2] < OLDEST_ENGINE:
        yield Finding(
            "engine",
            "fail",
            f"Docker engine {facts.engine.version} is too old.",
            f"Upgrade it to {OLDEST_ENGINE[0]}.{OLDEST_ENGINE[1]} or newer.",
        )
    else:
        yield Finding(
            "engine",
            "ok",
            f"Docker engine {facts.engine.version} (API {facts.engine.api_version}, "
            f"{facts.engine.storage_driver}, cgroup v{facts.engine.cgroup_version})",
        )


def check_plugins(facts: Facts) -> Iterator[Finding]:
    """Whether the client can build and compose."""
    for name, version in facts.plugins.items():
        if version:
            yield Finding(name, "ok", f"docker {name} {version}")
        else:
            remedy = f"Install docker-{name} (Docker's own packages: docker-{name}-plugin)."
            yield Finding(name, "fail", f"`docker {name}` does not work.", remedy)


def runc_is_fixed(version: str) -> bool | None:
    """Tell whether a runc has the corrections of November 2025; None where that is unknown.

    >>> runc_is_fixed("1.2.8"), runc_is_fixed("1.1.5+ds1"), runc_is_fixed("1.4.0")
    (True, False, True)
    """
    numbers = version_numbers(version)
    if len(numbers) < 3:
        return None
    series = (numbers[0], numbers[1])
    if series in RUNC_FIXED:
        return numbers[2] >= RUNC_FIXED[series]
    if series == (1, 4) and re.search(r"-rc\.?[12](?!\d)", version):
        return False
    return series > max(RUNC_FIXED)


def check_runc(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether runc lets a container break out by its masked paths."""
    fixed = runc_is_fixed(engine.runc_version)
    if fixed:
        yield Finding("runc", "ok", f"runc {engine.runc_version}")
    else:
        yield Finding(
            "runc",
            "warn",
            f"runc {engine.runc_version or 'of unknown version'} has CVE-2025-31133, -52565 and "
            "-52881 (a prepared image can break out), unless your distribution corrected it.",
            "Upgrade runc to 1.2.8, 1.3.3, 1.4.0 or newer; until then run only images you trust.",
        )


def check_engine_options(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether the engine is set up for what Labdock promises."""
    if engine.live_restore:
        yield Finding("live-restore", "ok", "Workspaces go on while the engine is restarted")
    elif not engine.swarm_active:
        yield Finding(
            "live-restore",
            "warn",
            "A restart or a crash of the engine ends every running kernel.",
            'Add "live-restore": true to /etc/docker/daemon.json and reload the engine.',
        )
    if engine.containerd_image_store:
        yield Finding(
            "image-store",
            "warn",
            "The engine keeps images in containerd's store, where `commit` does not work yet.",
            'Set "features": {"containerd-snapshotter": false} in /etc/docker/daemon.json.',
        )


def check_disks(facts: Facts) -> Iterator[Finding]:
    """Whether there is room for images and homes."""
    for disk in facts.disks:
        text = f"{disk.free / GIB:.0f} of {disk.total / GIB:.0f} GiB free at {disk.path}"
        if disk.free >= DISK_WARN:
            yield Finding("disk", "ok", text)
        else:
            level: Level = "fail" if disk.free < DISK_FAIL else "warn"
            remedy = "Remove what nobody needs: `docker system df` and `du -xsh` show where it is."
            yield Finding("disk", level, text, remedy)


def check_port(facts: Facts) -> Iterator[Finding]:
    """Whether the public port is ours or free."""
    port = facts.settings.port
    if facts.port_holder in ("", "labdock"):
        state = "Labdock's own" if facts.port_holder else "free"
        yield Finding("port", "ok", f"Port {port} is {state}")
    else:
        text = f"Port {port} is held by {facts.port_holder}."
        yield Finding("port", "fail", text, "Stop that, or set WORKSPACE_PORT to another port.")


def check_pool(facts: Facts) -> Iterator[Finding]:
    """Whether the members' addresses are nobody else's."""
    pool = facts.settings.address_pool
    clashes = [
        f"{network} ({device})"
        for network, device in facts.routes
        if ipaddress.IPv4Network(network).prefixlen > 0
        and ipaddress.IPv4Network(network).overlaps(pool)
    ]
    if clashes:
        text = f"The address pool {pool} overlaps the host's {', '.join(clashes)}."
        remedy = "Set WORKSPACE_ADDRESS_POOL to a private network that nothing here uses."
        yield Finding("addresses", "fail", text, remedy)
    else:
        yield Finding("addresses", "ok", f"The address pool {pool} meets no network of the host")


def check_images(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether every image that is built by default is there."""
    if facts.missing_images:
        text = f"Not built: {', '.join(facts.missing_images)}"
        yield Finding("images", "fail", text, "Run `make up`.")
    else:
        yield Finding("images", "ok", "Every default image is built")


def check_stack(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether the stack runs and answers."""
    down = [part for part in facts.parts if part.state != "running" or part.health == "unhealthy"]
    for part in down:
        state = part.health if part.state == "running" else part.state
        remedy = f"Run `make up`; `docker logs {part.name}` shows what happened."
        yield Finding("stack", "fail", f"{part.name} is {state}", remedy)
    if not down and facts.hub_answers:
        yield Finding("stack", "ok", "Proxy and hub run, and the hub answers through the proxy")
    elif not down:
        remedy = "`docker logs labdock-hub` and `docker logs labdock-proxy` show what happened."
        yield Finding("stack", "fail", "Proxy and hub run, but the hub does not answer.", remedy)


def check_firewall(facts: Facts, engine: EngineInfo) -> Iterator[Finding]:
    """Whether the host is closed to members."""
    if facts.firewall_gaps is None:
        text = "Only root can see whether workspaces reach ports of this host."
        yield Finding("firewall", "warn", text, "Run `sudo make doctor`.")
    elif facts.firewall_gaps:
        text = f"Members can reach ports of this host: {', '.join(facts.firewall_gaps)} missing."
        yield Finding("firewall", "fail", text, "Run `make up`, which sets the rules again.")
    else:
        yield Finding("firewall", "ok", "Workspaces reach no port of this host")


def check_path(facts: Facts) -> Iterator[Finding]:
    """What lies between a browser elsewhere and the proxy: router → host → container."""
    settings = facts.settings
    bind = ipaddress.ip_address(settings.bind)
    low, high = settings.port_range
    if bind.is_loopback:
        yield Finding(
            "network",
            "ok",
            f"Host → proxy: {settings.bind}:{settings.port}, for this machine alone "
            "(WORKSPACE_TLS_CERT and _KEY, or WORKSPACE_BIND, open it to others)",
        )
        return
    host = facts.host_address if bind.is_unspecified else settings.bind
    if not settings.tls:
        text = f"Passwords cross the network in clear text on {host}:{settings.port}."
        yield Finding("network", "warn", text, "Set WORKSPACE_TLS_CERT and WORKSPACE_TLS_KEY.")
    if facts.lan_answers:
        yield Finding("network", "ok", f"Host → proxy: {host}:{settings.port} answers")
    else:
        text = f"Host → proxy: nothing answers at {host}:{settings.port}."
        yield Finding("network", "fail", text, "Run `make up`; check the host's own firewall.")
    yield Finding(
        "network",
        "ok",
        f"Router → host: not to be seen from here; for access from outside forward TCP "
        f"{settings.port} (and {low}-{high} for mapped ports) to {host}",
    )


def check_folders(facts: Facts) -> Iterator[Finding]:
    """Whether the folders that members mount are there and as they should be."""
    for fault in facts.folder_faults:
        remedy = "See docs/admin.md, Shared folders and other mounts."
        yield Finding("folders", "warn", fault, remedy)
    if not facts.folder_faults:
        yield Finding("folders", "ok", "The folders that members share are as they should be")


CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    check_engine,
    check_plugins,
    check_disks,
    check_folders,
    check_port,
    check_pool,
    check_toolkit,
    check_driver,
    check_path,
)
ENGINE_CHECKS: tuple[Callable[[Facts, EngineInfo], Iterator[Finding]], ...] = (
    check_runc,
    check_engine_options,
    check_gpus,
    check_images,
    check_stack,
    check_firewall,
)
