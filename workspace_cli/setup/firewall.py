"""Host rules that keep members away from the host and from each other's published ports.

A port that a container publishes is open on every address of the host, the
gateways of the owners' networks included, where the engine's own program hands
the connection on: what reaches it from a workspace passes the INPUT chain.
Where the engine translates the address instead, it passes FORWARD, whose first
stop, DOCKER-USER, is reserved for rules like these.
Source: https://docs.docker.com/engine/network/packet-filtering-firewalls/
"""

from __future__ import annotations

import ipaddress
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.settings import Settings
from workspace_cli.setup import machine
from workspace_cli.setup.commands import attempt, capture
from workspace_cli.setup.control_network import control_subnet

HOST_CHAIN = "LABDOCK"
FORWARD_CHAIN = "LABDOCK-FORWARD"
HOOKS = {"INPUT": HOST_CHAIN, "DOCKER-USER": FORWARD_CHAIN}
"""Chain of the system or of the engine → the chain of ours that it asks first."""
METADATA = "169.254.169.254"
"""Where a cloud's machines are told their secrets; no member's business."""
UNIT = Path("/etc/systemd/system/labdock-firewall.service")
_REMEDY = "Check that iptables works on this machine (`iptables -S`), then run `make up` again."


@dataclass(frozen=True)
class Rules:
    """The rules of both chains, as ``iptables -S`` prints them."""

    host: tuple[str, ...]
    forward: tuple[str, ...]

    @property
    def by_chain(self) -> dict[str, tuple[str, ...]]:
        """Chain → rules."""
        return {HOST_CHAIN: self.host, FORWARD_CHAIN: self.forward}


def wanted_rules(
    pool: ipaddress.IPv4Network,
    control: ipaddress.IPv4Network,
    resolvers: Sequence[str] = (),
) -> Rules:
    """Write the rules for the owners' address pool.

    The stack's own control network may reach the host (a database may be there).
    ``resolvers`` are the DNS servers of the host: one that runs on the host itself
    stays reachable, since the engine asks it from inside the owner's network.
    """
    known = "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
    tcp, other = "tcp-reset", "icmp-port-unreachable"
    asked = [
        f"-s {pool} -d {resolver}/32 -p {protocol} -m {protocol} --dport 53 -j RETURN"
        for resolver in resolvers
        for protocol in ("udp", "tcp")
    ]
    return Rules(
        host=(
            known,
            f"-s {control} -j RETURN",
            *asked,
            f"-s {pool} -p tcp -j REJECT --reject-with {tcp}",
            f"-s {pool} -j REJECT --reject-with {other}",
        ),
        forward=(
            known,
            f"-s {control} -j RETURN",
            f"-s {pool} -d {METADATA}/32 -j REJECT --reject-with {other}",
            f"-s {pool} -m conntrack --ctstate DNAT -j REJECT --reject-with {other}",
        ),
    )


def rules_for(settings: Settings, resolv_conf: Path = Path("/etc/resolv.conf")) -> Rules:
    """Return the rules that this machine needs."""
    text = resolv_conf.read_text(encoding="utf-8") if resolv_conf.is_file() else ""
    pool = settings.address_pool
    return wanted_rules(pool, control_subnet(pool), parse_resolvers(text))


def parse_resolvers(text: str) -> tuple[str, ...]:
    """Return the IPv4 name servers of resolv.conf(5) that a container could ask."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2 or words[0] != "nameserver":
            continue
        try:
            address = ipaddress.ip_address(words[1].partition("%")[0])
        except ValueError:
            continue
        if address.version == 4 and not address.is_loopback:
            found.append(str(address))
    return tuple(dict.fromkeys(found))


def restore_text(rules: Rules) -> str:
    """Write the rules for iptables-restore(8): both chains replaced whole, at one moment."""
    lines = ["*filter", *(f":{chain} - [0:0]" for chain in rules.by_chain)]
    for chain, chain_rules in rules.by_chain.items():
        lines += [f"-A {chain} {rule}" for rule in chain_rules]
    return "\n".join([*lines, "COMMIT", ""])


def apply(settings: Settings) -> bool:
    """Put the rules in force and let them return at boot; tell whether anything changed."""
    rules = rules_for(settings)
    changed = bool(missing(rules))
    if changed:
        capture(
            ["iptables-restore", "--wait", "--noflush"],
            stdin=restore_text(rules),
            failure="The firewall rules could not be set",
            remedy=_REMEDY,
        )
        for hook, chain in HOOKS.items():
            _hook(hook, chain)
    if machine.systemd_runs():
        changed = _write_unit(unit_text(rules)) or changed
    return changed


def missing(rules: Rules) -> list[str]:
    """List what of the rules is not in force, as chains or hooks; empty where all is well."""
    gaps = []
    for chain, wanted in rules.by_chain.items():
        code, output, _ = attempt(["iptables", "--wait", "-S", chain])
        found = [line.split(" ", 2)[2] for line in output.splitlines() if line.startswith("-A ")]
        if code != 0 or [_normal(rule) for rule in found] != [_normal(rule) for rule in wanted]:
            gaps.append(chain)
    for hook, chain in HOOKS.items():
        if _chain_exists(hook) and not _hooked(hook, chain):
            gaps.append(f"{hook} → {chain}")
    return gaps


def _normal(rule: str) -> tuple[str, ...]:
    """Bring a rule into a form that does not depend on the order of its matches."""
    return tuple(sorted(shlex.split(rule)))


def _chain_exists(chain: str) -> bool:
    return attempt(["iptables", "--wait", "-n", "-L", chain])[0] == 0


def _hooked(hook: str, chain: str) -> bool:
    return attempt(["iptables", "--wait", "-C", hook, "-j", chain])[0] == 0


def _hook(hook: str, chain: str) -> None:
    # An engine that is told not to touch iptables has no DOCKER-USER chain.
    if _chain_exists(hook) and not _hooked(hook, chain):
        capture(
            ["iptables", "--wait", "-I", hook, "1", "-j", chain],
            failure=f"The chain {hook} could not be changed",
            remedy=_REMEDY,
        )


def remove() -> None:
    """Take every rule back, at boot too; nothing happens where there is none."""
    for hook, chain in HOOKS.items():
        while _hooked(hook, chain):
            capture(["iptables", "--wait", "-D", hook, "-j", chain], failure=f"{hook} is stuck")
        attempt(["iptables", "--wait", "-F", chain])
        attempt(["iptables", "--wait", "-X", chain])
    if UNIT.exists():
        attempt(["systemctl", "disable", UNIT.name])
        UNIT.unlink()
        attempt(["systemctl", "daemon-reload"])


def unit_text(rules: Rules) -> str:
    """Write a systemd unit that sets the rules at boot, needing no file of the checkout."""
    # The engine keeps a DOCKER-USER chain that it finds, so that no container starts unguarded.
    steps = ["-iptables --wait -N DOCKER-USER"]
    for chain, chain_rules in rules.by_chain.items():
        steps += [f"-iptables --wait -N {chain}", f"iptables --wait -F {chain}"]
        steps += [f"iptables --wait -A {chain} {rule}" for rule in chain_rules]
    for hook, chain in HOOKS.items():
        steps += [
            f"-iptables --wait -D {hook} -j {chain}",
            f"iptables --wait -I {hook} 1 -j {chain}",
        ]
    commands = "\n".join(
        f"ExecStart={'-' if step.startswith('-') else ''}/usr/sbin/{step.lstrip('-')}"
        for step in steps
    )
    return (
        "# Written by Labdock (`make up`); `make uninstall` removes it.\n"
        "[Unit]\nDescription=Keep workspaces away from this host's ports\n"
        "Before=docker.service\nAfter=nftables.service netfilter-persistent.service\n\n"
        f"[Service]\nType=oneshot\nRemainAfterExit=yes\n{commands}\n\n"
        "[Install]\nWantedBy=docker.service multi-user.target\n"
    )


def _write_unit(text: str) -> bool:
    if UNIT.is_file() and UNIT.read_text(encoding="utf-8") == text:
        return False
    UNIT.write_text(text, encoding="utf-8")
    failure = "The boot-time firewall unit could not be enabled"
    capture(["systemctl", "daemon-reload"], failure=failure)
    capture(["systemctl", "enable", UNIT.name], failure=failure)
    return True
