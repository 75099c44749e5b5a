"""Which saved environments are no longer kept, by the lab's rule or an admin's word.

The rule (``[retention]`` of the policy) is off unless it is written down.  What
is in use, pinned, shared, or the lab's own never goes; the newest of a name
stays in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workspace_cli.core import discard, pins, references, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import Environment, environments
from workspace_cli.core.policy import Retention

UPKEEP = "labdock"
"""On whose behalf the nightly round acts, in the audit trail."""


Why = Literal["used", "pinned", "shared", "no_rule", "newest", "young", "old", "safety"]


@dataclass(frozen=True)
class Verdict:
    """One environment, whether it goes, and the reason, for people.

    ``why`` and ``facts`` say the same to whoever writes it in another language: ``users``
    (names), ``note``, ``newest`` (how many stay) or ``newer`` (how many there are).
    """

    environment: Environment
    goes: bool
    reason: str
    why: Why
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pruned:
    """What has gone, and what could not go and why, by reference."""

    gone: tuple[Environment, ...]
    failed: Mapping[str, LabdockError]


def by_age(found: Iterable[Environment]) -> list[Environment]:
    """Return environments in the order in which they may go: safety saves, then the oldest."""
    return sorted(
        found, key=lambda one: (not references.is_safety_save(one.reference), one.created)
    )


def preview(host: Host, rule: Retention | None = None, owner: str | None = None) -> list[Verdict]:
    """Judge every saved environment, or one owner's, those that go first at the head."""
    rule = rule or host.policy.retention
    found = [one for one in environments(host, owner) if one.owner and not one.offered]
    held = discard.held(host)
    pinned = pins.pins(host)
    shared = {grant.reference for grant in sharing.grants(host)}
    places = _places(found)

    def verdict(one: Environment) -> Verdict:
        if users := discard.users(one, held):
            return Verdict(one, False, f"in use by {', '.join(users)}", "used", {"users": users})
        if one.reference in pinned:
            note = pinned[one.reference].note
            reason = f"pinned: {note}" if note else "pinned"
            return Verdict(one, False, reason, "pinned", {"note": note})
        if one.reference in shared:
            return Verdict(one, False, "shared", "shared")
        age = host.clock() - one.created
        if references.is_safety_save(one.reference):
            return _safety_verdict(one, age, rule)
        return _verdict(one, places[one.reference], age, rule)

    return sorted((verdict(one) for one in by_age(found)), key=lambda verdict: not verdict.goes)


def prune(
    host: Host,
    actor: Actor,
    rule: Retention | None = None,
    owner: str | None = None,
    only: Collection[str] | None = None,
) -> Pruned:
    """Remove what the rule no longer keeps; one that cannot go stops no other.

    Each is looked at again right before it goes: somebody may have started from it.  With
    ``only`` nothing goes beside these references: those that somebody has looked at.
    """
    gone: list[Environment] = []
    failed: dict[str, LabdockError] = {}
    for verdict in preview(host, rule, owner):
        if not verdict.goes or (only is not None and verdict.environment.reference not in only):
            continue
        try:
            gone.append(discard.discard(host, verdict.environment.reference, actor, "prune"))
        except LabdockError as exc:
            failed[verdict.environment.reference] = exc
    return Pruned(tuple(gone), failed)


def _places(found: Iterable[Environment]) -> dict[str, int]:
    """Return how many newer ones of the same name there are, without the safety saves."""
    seen: dict[str, int] = {}
    places = {}
    for one in sorted(found, key=lambda one: one.created, reverse=True):
        if not references.is_safety_save(one.reference):
            name = references.split(one.reference)[0]
            places[one.reference] = seen.get(name, 0)
            seen[name] = places[one.reference] + 1
    return places


def _verdict(one: Environment, newer: int, age: float, rule: Retention) -> Verdict:
    if rule.keep_last is None and rule.older_than is None:
        return Verdict(one, False, "no rule", "no_rule")
    kept = rule.keep_last or 1
    if newer < kept:
        reason = f"among the newest {kept} of its name"
        return Verdict(one, False, reason, "newest", {"newest": kept})
    if rule.older_than is not None and age <= rule.older_than:
        return Verdict(one, False, f"saved {_days(age)} ago", "young")
    reason = f"{newer} newer of its name, saved {_days(age)} ago"
    return Verdict(one, True, reason, "old", {"newer": newer})


def _safety_verdict(one: Environment, age: float, rule: Retention) -> Verdict:
    if not rule.applies:
        return Verdict(one, False, "no rule", "no_rule")
    reason = f"saved {_days(age)} ago, before a rollback"
    return Verdict(one, age > rule.safety_saves, reason, "safety")


def _days(age: float) -> str:
    days = int(age // 86400)
    if days:
        return f"{days} day{'' if days == 1 else 's'}"
    hours = int(age // 3600)
    return f"{hours} hour{'' if hours == 1 else 's'}"
