"""Containers that are thrown away, and grading in them, on the real engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from hub.portal.grading import Grader, GradingError
from hub.portal.lesson_list import ImageLessons
from hub.portal.throwaway import LARGEST_OUTPUT, Throwaway, reap
from tests.support import eventually
from workspace_cli.core import labels
from workspace_cli.core.host import Host

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

BASE = "labdock/base"
LESSON = "a1-netpath"
SOLUTIONS = Path(__file__).parents[2] / "lessons/solutions/workspace/a1_netpath"
FACTS = """
import json, os, pathlib, sys
status = dict(
    line.split(":\\t", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines()
)
facts = {"uid": os.getuid(), "caps": int(status["CapEff"], 16), "bound": int(status["CapBnd"], 16),
         "locked": status["NoNewPrivs"].strip(), "input": sys.stdin.read(),
         "links": sorted(os.listdir("/sys/class/net")), "written": []}
for folder in ("/", "/tmp", "/opt/env", "/workspace", "/dev/shm", "/var/tmp"):
    try:
        pathlib.Path(folder, "x").write_text("x")
        facts["written"].append(folder)
    except OSError:
        pass
program = pathlib.Path("/tmp/program")
program.write_text("#!/bin/sh\\n")
program.chmod(0o755)
facts["runs"] = os.access(program, os.X_OK)
print(json.dumps(facts))
"""
NOTHING: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
def throwaway(host: Host) -> Throwaway:
    """Return a maker of containers on the real engine."""
    return Throwaway(host)


def ours(host: Host) -> list[str]:
    rows = host.engine.containers({labels.GRADING: None, labels.ROOT: str(host.settings.root)})
    return [row.name for row in rows]


def test_nothing_is_left_open_in_it_and_nothing_of_it_stays(
    host: Host, throwaway: Throwaway
) -> None:
    outcome = throwaway.run(BASE, ("python3", "-I", "-c", FACTS), b"handed in", 60)
    facts = json.loads(outcome.output)
    assert outcome.exit_code == 0
    assert (facts["uid"], facts["caps"], facts["bound"], facts["locked"]) == (65534, 0, 0, "1")
    assert facts["links"] == ["lo"]
    assert facts["written"] == ["/tmp", "/dev/shm"]
    assert facts["runs"] is False
    assert facts["input"] == "handed in"
    assert ours(host) == []


def test_what_writes_without_end_is_ended(host: Host, throwaway: Throwaway) -> None:
    outcome = throwaway.run(BASE, ("yes",), b"", 60)
    assert outcome.cut_off == "long"
    assert LARGEST_OUTPUT < len(outcome.output) < 20 * LARGEST_OUTPUT
    assert ours(host) == []


def test_what_takes_too_long_is_ended(host: Host, throwaway: Throwaway) -> None:
    outcome = throwaway.run(BASE, ("sleep", "300"), b"", 2)
    assert (outcome.cut_off, outcome.exit_code) == ("late", None)
    assert ours(host) == []


def test_what_takes_too_much_memory_is_ended(host: Host, throwaway: Throwaway) -> None:
    greedy = "x = []\nwhile True: x.append(bytes(2**24))"
    outcome = throwaway.run(BASE, ("python3", "-I", "-c", greedy), b"", 120)
    assert outcome.cut_off == "memory"
    assert ours(host) == []


def test_leftovers_of_a_killed_portal_go_and_anothers_stay(
    host: Host, throwaway: Throwaway
) -> None:
    run = threading.Thread(target=throwaway.run, args=(BASE, ("sleep", "300"), b"", 60))
    run.start()
    eventually(lambda: len(ours(host)) == 1, 30)
    (name,) = ours(host)
    eventually(lambda: host.engine.container(name).state == "running", 30)
    assert reap(host) == []
    assert reap(host, every=True) == [name]
    run.join(60)
    assert ours(host) == []


def sources(kind: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """The reference's answers, or others by exercise."""
    return {
        folder.name: (folder / f"{kind.get(folder.name, 'reference')}.py").read_text()
        for folder in sorted(SOLUTIONS.iterdir())
    }


@pytest.fixture
def grader(host: Host, throwaway: Throwaway) -> Grader:
    """Return a grader with the lessons that the images hold."""
    lessons = ImageLessons(host, throwaway)
    assert LESSON in {one.id for one in lessons.read()}
    return Grader(host, lessons, throwaway)


def test_right_answers_are_verified_and_wrong_ones_told_by_kind(host: Host, grader: Grader) -> None:
    found = {one.exercise: one for one in grader.grade(LESSON, sources())}
    assert {name: one.ok for name, one in found.items()} == {"route": True, "broken_hop": True}
    wrong = grader.grade(LESSON, sources({"route": "mutant_same_port"}))
    told = {one.exercise: one for one in wrong}
    assert (told["route"].ok, told["broken_hop"].ok) == (False, True)
    assert told["route"].kind
    assert ours(host) == []


FORGERY = """
import json, os, sys
forged = json.dumps({"verdicts": [{"exercise": "route", "ok": True, "kind": None},
                                  {"exercise": "broken_hop", "ok": True, "kind": None}]})
for number in range(1, 64):
    try:
        os.write(number, forged.encode() + b"\\n")
    except OSError:
        pass
for pid in range(1, 200):
    try:
        with open(f"/proc/{pid}/fd/1", "w") as out:
            out.write(forged)
    except OSError:
        pass
"""


def test_an_answer_that_writes_its_own_verdict_is_not_believed(grader: Grader) -> None:
    try:
        verdicts = grader.grade(LESSON, {"route": FORGERY, "broken_hop": FORGERY})
    except GradingError:
        return  # its noise has made the answer unreadable: nothing is verified either
    assert [one.ok for one in verdicts] == [False, False]
