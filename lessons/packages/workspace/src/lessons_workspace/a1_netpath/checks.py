"""Checks of a1-netpath: random tables, walked backwards from the container."""

from __future__ import annotations

import itertools
from typing import Any

from lessons.grading import Learner, check, expect, fail

Place = tuple[str, int]
FAULTS = ("none", "router", "docker", "proxy", "jupyter")


def _world(dice: Any) -> dict[str, Any]:
    """Build working tables from the containers outwards, so that the truth is known."""
    router: dict[int, Place] = {}
    docker: dict[Place, Place] = {}
    ends: dict[int, Place] = {}
    machines = [f"192.168.0.{n}" for n in dice.sample(range(2, 250), 2)]
    public = dice.sample(range(9200, 9300), 6)
    host_ports = dice.sample(range(7000, 9000), 6)
    # one container may be reached by two doors, and machines share port numbers
    for number, (door, port) in enumerate(zip(public, host_ports, strict=True)):
        end = (f"lab{number // 2}", dice.choice([8080, 8888]))
        here = (machines[number % 2], port)
        router[door], docker[here], ends[door] = here, end, end
        docker.setdefault((machines[1 - number % 2], port), (f"other{number}", 8080))
        docker.setdefault((here[0], door), (f"decoy{number}", 8080))
    return {"router": router, "docker": docker, "ends": ends}


def _damage(world: dict[str, Any], door: int, hop: str) -> None:
    """Break one hop of the way to this door; later hops may break as well."""
    here, end = world["router"][door], world["ends"][door]
    if hop == "router":
        del world["router"][door]
    if hop == "docker":
        del world["docker"][here]
    if hop == "proxy":
        world["listening"] -= {end}
    if hop == "jupyter":
        world["answering"] -= {end[0]}


@check("route")
def route(learner: Learner) -> None:
    """Whole tables give the known end; a missing line gives None."""
    learn = learner.function("route")
    dice = learner.random
    for _ in range(20):
        world = _world(dice)
        for door, end in world["ends"].items():
            got = learn(door, dict(world["router"]), dict(world["docker"]))
            if got == end[1]:
                fail("port_only")
            if got == world["router"][door]:
                fail("router_only")
            if isinstance(got, tuple) and str(got[0]).startswith("decoy"):
                fail("same_port")
            if isinstance(got, tuple) and str(got[0]).startswith("other"):
                fail("other_machine")
            expect(got == end, "wrong_value")
    _missing_lines(learner, dice)


def _missing_lines(learner: Learner, dice: Any) -> None:
    """A line that either table lacks must give None, not an exception."""
    learn = learner.function("route")
    for hop in ("router", "docker"):
        world = _world(dice)
        door = dice.choice(sorted(world["ends"]))
        _damage(world, door, hop)
        try:
            got = learn(door, world["router"], world["docker"])
        except (LookupError, TypeError, AttributeError):
            fail("missing_line")
        expect(got is None, "missing_line")


@check("broken_hop")
def broken_hop(learner: Learner) -> None:
    """Every combination of broken hops on random tables; the outermost one counts."""
    learn = learner.function("broken_hop")
    dice = learner.random
    combinations = [c for n in range(5) for c in itertools.combinations(FAULTS[1:], n)]
    for broken in combinations * 2:
        world = _world(dice)
        world["listening"] = set(world["ends"].values())
        world["answering"] = {name for name, _ in world["listening"]}
        door = dice.choice(sorted(world["ends"]))
        end = world["ends"][door]
        for hop in reversed(broken):
            _damage(world, door, hop)
        if "proxy" in broken:  # another door of the same container stays open
            world["listening"].add((end[0], end[1] + 1))
        truth = broken[0] if broken else "none"
        world.pop("ends")
        _judge(learn(door, *world.values()), truth, broken)


def _judge(got: object, truth: str, broken: tuple[str, ...]) -> None:
    """Turn an answer into the kind of mistake that it shows."""
    if got == truth:
        return
    expect(got in FAULTS, "unknown_name")
    if got in broken:
        fail("not_the_first")
    if truth == "proxy":
        fail("ignores_port")
    if truth == "none":
        fail("sees_ghosts")
    if truth == "jupyter":
        fail("stops_at_proxy")
    fail("wrong_value")
