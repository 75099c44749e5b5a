"""Has answers graded in the member's Python and takes the verdicts back."""

import json
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lessons import limits, member
from lessons.errors import NotReadyError
from lessons.judge import Verdict
from lessons.registry import Lesson, Registry

BOOT = 60.0  # seconds to load the libraries, on a busy machine
# An exercise's matrices are small: on a busy machine a second thread makes them ten times slower.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Result:
    """A verdict, and what the answer printed meanwhile."""

    verdict: Verdict
    output: str


def grade(
    registry: Registry,
    lesson: Lesson,
    sources: Mapping[str, str],
    *,
    seed: int | None = None,
    seconds: float = limits.SECONDS,
    memory: int = limits.MEMORY,
) -> list[Result]:
    """Grades the sources of a lesson's exercises, each in a process of its own.

    `seconds` (of computing) and `memory` (bytes beyond what the libraries take) are one
    exercise's. Without a seed each exercise gets one that nobody knows.
    """
    member.require_modules(lesson)
    nonce = secrets.token_hex(16)
    jobs = [
        {
            "module": lesson.module,
            "exercise": name,
            "source": source,
            "seed": secrets.randbits(48) if seed is None else seed,
        }
        for name, source in sources.items()
    ]
    bounds = {"seconds": seconds, "memory": memory}
    work = {"nonce": nonce, "preload": list(lesson.needs), "limits": bounds, "jobs": jobs}
    lines = _run(registry, json.dumps(work), BOOT + limits.PATIENCE * seconds * len(jobs))
    return _results(lines, nonce, list(sources))


def _run(registry: Registry, work: str, timeout: float) -> str:
    try:
        done = subprocess.run(
            member.command(registry, "lessons.sandbox"),
            input=work,
            capture_output=True,
            text=True,
            errors="replace",
            env=member.environment(**ONE_THREAD),
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as late:
        raise NotReadyError("grading_late", seconds=int(timeout)) from late
    if done.returncode != 0:
        raise NotReadyError("grading_broke", why=done.stderr.strip()[-500:])
    return done.stdout


def _results(lines: str, nonce: str, names: list[str]) -> list[Result]:
    found: dict[str, Result] = {}
    for line in lines.splitlines():
        given = _parsed(line)
        if given.pop("nonce", None) == nonce:
            output = given.pop("output")
            found[given["exercise"]] = Result(Verdict(**given), output)
    return [found.get(name, Result(Verdict(name, False, "stopped"), "")) for name in names]


def _parsed(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
