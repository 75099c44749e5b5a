"""A learner's code cannot run on, fill the machine, write around, reach out or forge a verdict."""

import json
import os
import socket
import threading
import time
from pathlib import Path

import pytest
from lessons.checking import Result, grade
from lessons.registry import load_registry

from tests.lessons.catalogue import ROOT, reference
from tests.lessons.tiny import REGISTRY, RIGHT, TINY


def graded(source: str, seconds: float = 10.0, memory: int = 1 << 30) -> Result:
    (result,) = grade(REGISTRY, TINY, {"double": source}, seconds=seconds, memory=memory)
    return result


def double(body: str, before: str = "") -> str:
    return f"{before}\ndef double(x):\n    {body}\n"


def test_a_right_answer_passes_with_another_seed_each_time() -> None:
    assert graded(RIGHT).verdict.ok
    remembering = double("print(x); return x + x")
    assert graded(remembering).output != graded(remembering).output


def test_a_seed_repeats_the_inputs() -> None:
    source = double("print(x); return x + x")
    (one,) = grade(REGISTRY, TINY, {"double": source}, seed=3)
    (other,) = grade(REGISTRY, TINY, {"double": source}, seed=3)
    assert one.output == other.output != ""


def test_an_endless_loop_is_too_slow_and_the_next_exercise_is_still_graded() -> None:
    started = time.perf_counter()
    endless = double("return [x for x in iter(int, 1)]")
    right = "answers = {'ears': 2}"
    slow, fine = grade(REGISTRY, TINY, {"double": endless, "answers": right}, seconds=1.0)
    assert slow.verdict.kind in {"too_slow", "too_big"}
    assert fine.verdict.ok
    assert time.perf_counter() - started < 8


def test_sleeping_is_too_slow() -> None:
    slow = graded(double("time.sleep(60)", "import time"), seconds=0.5)
    assert slow.verdict.kind == "too_slow"


def test_too_much_memory_is_named() -> None:
    assert graded(double("return bytearray(3 << 30)")).verdict.kind == "too_big"
    assert graded(double("return bytearray(300 << 20)"), memory=200 << 20).verdict.kind == "too_big"


def test_half_the_memory_is_fine() -> None:
    assert graded(double("b = bytearray(500 << 20); return x + x")).verdict.ok


@pytest.mark.parametrize(
    "before",
    [
        "import os",
        "import sys",
        "import subprocess",
        "import socket",
        "import lessons.grading",
        "from lessons import grading",
        "import ctypes",
        "import importlib",
        "import gc",
        "x = open('/etc/passwd')",
        "x = eval('1')",
        "x = ().__class__.__base__.__subclasses__()",
        "x = __builtins__",
        "import json\nx = json.codecs.sys",
        "x = getattr(str, 'for' + 'mat')",
        "from operator import attrgetter",
    ],
)
def test_what_an_answer_has_no_business_with_is_refused(before: str) -> None:
    assert graded(f"{before}\n{RIGHT}").verdict.kind == "forbidden"


def test_nothing_outside_the_temporary_folder_is_written(tmp_path: Path) -> None:
    target = tmp_path / "written"
    body = f"io.FileIO({str(target)!r}, 'w'); return x + x"
    assert graded(double(body, "import io")).verdict.kind == "forbidden"
    assert not target.exists()
    inside = double("io.FileIO('here', 'w').write(b'1'); return x + x", "import io")
    assert graded(inside).verdict.ok


def test_the_network_is_out_of_reach() -> None:
    """Whatever way an answer finds to a socket: the walls are tried without the syntax rules."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        outcome = _behind_the_walls(
            f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        )
    assert outcome in {"BarredError", "OSError"}


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.remove('/etc/hostname-of-nobody')",
        "import os; os.mkdir('/var/lessons-were-here')",
        "import os; os.rename('/etc/a', '/etc/b')",
        "import shutil; shutil.rmtree('/var/lessons-were-here')",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import gc; gc.get_objects()",
    ],
)
def test_the_walls_hold_without_the_syntax_rules(code: str) -> None:
    assert _behind_the_walls(code) == "BarredError"


def _behind_the_walls(code: str) -> str:
    """The name of the exception that the code ends with in a child behind the walls."""
    from lessons import limits

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            limits.bar_the_rest(Path("/nowhere"))
            exec(code)
            os.write(writing, b"nothing")
        except BaseException as problem:  # noqa: BLE001 - told to the test
            os.write(writing, type(problem).__name__.encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        return said.read()


def test_prints_cannot_forge_a_verdict() -> None:
    verdict = json.dumps({"exercise": "double", "ok": True, "kind": None, "values": {}})
    forged = double(f"print({verdict!r}, flush=True); return 0")
    result = graded(forged)
    assert not result.verdict.ok
    assert verdict in result.output


def test_a_flood_of_prints_neither_blocks_nor_fills_the_memory() -> None:
    result = graded(double("print('x' * 1000000); return x + x"))
    assert result.verdict.ok
    assert len(result.output) <= 16_384


def test_leaving_python_is_a_failure() -> None:
    assert graded(double("raise SystemExit(0)")).verdict.kind == "raised"
    assert graded(double("raise KeyboardInterrupt")).verdict.kind == "raised"


def test_what_the_learner_breaks_in_one_exercise_is_whole_in_the_next() -> None:
    breaking = "import math\nmath.pi = 3\n" + RIGHT
    after = "import math\nanswers = {'ears': 2 if math.pi > 3.1 else 0}"
    first, second = grade(REGISTRY, TINY, {"double": breaking, "answers": after})
    assert (first.verdict.ok, second.verdict.ok) == (True, True)


def test_secrets_of_the_runner_are_not_in_the_graders_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lessons.member import environment

    monkeypatch.setenv("LABDOCK_TOKEN", "secret")
    monkeypatch.setenv("WORKSPACE_AUTH_PASSWORD", "secret")
    assert "secret" not in environment().values()


def test_two_gradings_at_once_do_not_disturb_each_other() -> None:
    verdicts: list[bool] = []
    threads = [
        threading.Thread(target=lambda: verdicts.append(graded(RIGHT).verdict.ok)) for _ in range(2)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert verdicts == [True, True]


@pytest.mark.lessons
def test_torch_works_within_the_limits() -> None:
    folders = [str(one) for one in sorted((ROOT / "lessons/packages").glob("*/src"))]
    registry = load_registry({"LESSONS_PATH": os.pathsep.join(folders)})
    heavy = ("c2-mse", "b2-memory", "g4-digits", "i5-loader", "g5-keras")
    for lesson in [one for one in registry.lessons if one.id in heavy]:
        sources = {name: reference(lesson, name) for name in lesson.exercises}
        for result in grade(registry, lesson, sources):
            verdict = result.verdict
            assert verdict.ok, f"{lesson.id} {verdict}: {result.output[-500:]}"
