"""Checks of a3-commit: files kept on separate shelves, and layers weighed one by one."""

from __future__ import annotations

import pathlib
from typing import Any

from lessons.grading import Learner, check, close, expect, fail

FOLDERS = ["/data", "/data/tmp", "/workspace", "/opt", "/home/kim"]
TRAPS = ["/data2", "/workspaces", "/opt-old", "/home/kimchi"]


def _world(dice: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return mounts and, for eight or more paths, the shelf each lies on."""
    mounts = {folder: dice.choice(["bind", "volume"]) for folder in dice.sample(FOLDERS, 2)}
    mounts |= {"/data": "bind", "/data/tmp": "tmpfs", "/workspace": "bind"}
    mounts["/dev/shm"] = "tmpfs"  # noqa: S108 - a name in a dictionary
    shelves: dict[str, str] = {}
    folders = ["/workspace", "/dev/shm"]  # noqa: S108
    for folder in [*folders, *dice.sample(FOLDERS, 4), *TRAPS[:3], "/data/tmp", "/etc"]:
        path = f"{folder}/{dice.choice('abcdef')}{dice.randrange(100)}"
        above = [str(one) for one in pathlib.PurePosixPath(path).parents]  # nearest first
        nearest = next((one for one in above if one in mounts), None)
        shelves[path] = mounts[nearest] if nearest else "own"
    return mounts, shelves


def _on(shelves: dict[str, str], *kinds: str) -> set[str]:
    """The paths that lie on one of these shelves."""
    return {path for path, shelf in shelves.items() if shelf in kinds}


def _outermost(mounts: dict[str, str], path: str) -> str:
    """The shelf that the shortest mount above a path would give."""
    above = [str(one) for one in pathlib.PurePosixPath(path).parents]
    return next((mounts[one] for one in reversed(above) if one in mounts), "own")


def _judge(got: object, truth: set[str], mounts: dict[str, str], shelves: dict[str, str]) -> None:
    """Name what the difference between two sets of paths shows."""
    expect(isinstance(got, set | frozenset), "wrong_type")
    assert isinstance(got, set | frozenset)  # noqa: S101
    wrong = truth ^ got
    if not wrong:
        return
    if wrong <= {path for path in shelves if _outermost(mounts, path) != shelves[path]}:
        fail("longest_mount")
    traps = {path for path in shelves if path.startswith(tuple(TRAPS))}
    if wrong & traps and not wrong - traps - _on(shelves, "tmpfs"):
        fail("prefix_trap")
    extra, missing = got - truth, truth - got
    if extra & _on(shelves, "bind", "volume"):
        fail("mounts_in_image")
    if missing & _on(shelves, "bind", "volume"):
        fail("loses_mounts")
    if extra & _on(shelves, "tmpfs"):
        fail("memory_kept")
    if extra & _on(shelves, "own"):
        fail("layer_kept")
    if missing & _on(shelves, "own"):
        fail("layer_lost")
    fail("wrong_value")


@check("survivors")
def survivors(learner: Learner) -> None:
    """Random mounts and paths, with and without a commit."""
    learn = learner.function("survivors")
    for turn in range(20):
        mounts, shelves = _world(learner.random)
        committed = turn % 2 == 1
        truth = _on(shelves, "bind", "volume", *(["own"] if committed else []))
        _judge(learn(set(shelves), dict(mounts), committed), truth, mounts, shelves)


@check("elsewhere")
def elsewhere(learner: Learner) -> None:
    """Only the own layer travels."""
    learn = learner.function("elsewhere")
    for _ in range(20):
        mounts, shelves = _world(learner.random)
        _judge(learn(set(shelves), dict(mounts)), _on(shelves, "own"), mounts, shelves)


@check("image_size")
def image_size(learner: Learner) -> None:
    """Random steps; the truth asks of each written file whether its own step keeps it."""
    learn, dice = learner.function("image_size"), learner.random
    for _ in range(20):
        steps = [_step(dice) for _ in range(6)]
        truth, visible, ever = _weigh(steps)
        again = sum(size for _, size in {(path, mb) for step in steps for _, path, mb in step})
        close(
            learn([list(step) for step in steps]),
            truth,
            rtol=0,
            mistakes={"removal_shrinks": visible, "counts_temporary": ever, "wrong_value": again},
        )


def _step(dice: Any) -> list[tuple[str, str, int]]:
    """One step: a few files added, one of them twice, some removed, one of them its own."""
    paths = dice.sample("abcdefgh", 4)
    step = [("add", path, dice.randrange(1, 10**6)) for path in paths]
    step.append(("remove", paths[0], 0))
    step.append(("add", paths[1], dice.randrange(1, 10**6)))
    step.append(("remove", dice.choice("abcdefgh"), 0))
    return step


def _weigh(steps: list[list[tuple[str, str, int]]]) -> tuple[int, int, int]:
    """Return the sizes of all layers, of the files one sees at the end, and of all adds."""
    total = ever = 0
    seen: dict[str, int] = {}
    for step in steps:
        last = {path: (verb, mb) for verb, path, mb in step}  # the last action on a path wins
        total += sum(mb for verb, mb in last.values() if verb == "add")
        ever += sum(mb for _, _, mb in step)
        seen.update({path: mb for path, (_, mb) in last.items()})
    return total, sum(seen.values()), ever
