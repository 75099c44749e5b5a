"""Grades answers in the member's Python: loads the libraries once, then one limited child each.

Started by `checking`. Takes one JSON object from standard input and writes one line of JSON a job
to standard output, which no learner's code has, signed with a nonce that it cannot know.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lessons import limits
from lessons.grading import checks_of
from lessons.judge import Verdict, judge

OUTPUT = 16_384  # bytes of the learner's prints that are kept


def main() -> int:
    """Grades all the jobs that standard input describes."""
    work = json.load(sys.stdin)
    results = os.dup(1)
    # A library that greets on being loaded must not come between the results.
    os.dup2(2, 1)
    with contextlib.suppress(OSError):
        limits.cut_off_network()
    with tempfile.TemporaryDirectory(prefix="lessons-") as home:
        os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, CUDA_VISIBLE_DEVICES="")
        tempfile.tempdir = home
        for module in work["preload"]:
            importlib.import_module(module)
        # What the checks import is not to be loaded again by each child.
        for module in {f"{job['module']}.checks" for job in work["jobs"]}:
            importlib.import_module(module)
        for job in work["jobs"]:
            answer = _grade_apart(job, work["limits"], Path(home), results)
            line = json.dumps({"nonce": work["nonce"], **answer}) + "\n"
            _write_all(results, line.encode())
    return 0


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _grade_apart(
    job: dict[str, Any], bounds: dict[str, Any], home: Path, results: int
) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(dir=home))
    verdict_from, verdict_to = os.pipe()
    prints_from, prints_to = os.pipe()
    child = os.fork()
    if child == 0:
        for one in (verdict_from, prints_from, results):
            os.close(one)
        _child(job, bounds, folder, verdict_to, prints_to)
    os.close(verdict_to)
    os.close(prints_to)
    try:
        clock = limits.PATIENCE * bounds["seconds"]
        texts, late = _collect(verdict_from, prints_from, clock)
    finally:
        # The whole group: a DataLoader's workers must not outlive the check.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(verdict_from)
        os.close(prints_from)
    verdict = _verdict(job["exercise"], texts[verdict_from], late, status)
    prints = texts[prints_from][:OUTPUT].decode("utf-8", "replace")
    return {**verdict.as_json(), "output": prints}


def _collect(verdict: int, prints: int, seconds: float) -> tuple[dict[int, bytes], bool]:
    """Reads both pipes until the verdict's line is there; True where the time ran out."""
    texts = {verdict: b"", prints: b""}
    waiting = {verdict, prints}
    end = time.monotonic() + seconds
    # Not until the pipe is closed: a worker process that is left behind would hold it open.
    while verdict in waiting and not texts[verdict].endswith(b"\n"):
        ready, _, _ = select.select(waiting, [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return texts, True
        for one in ready:
            chunk = os.read(one, 65_536)
            if not chunk:
                waiting.discard(one)
            elif one == verdict or len(texts[prints]) < OUTPUT:
                texts[one] += chunk
    return texts, False


def _verdict(exercise: str, text: bytes, late: bool, status: int) -> Verdict:
    if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return Verdict(exercise, False, "too_slow")
    try:
        given = json.loads(text)
        return Verdict(exercise, bool(given["ok"]), given["kind"], given["values"])
    except (ValueError, KeyError, TypeError):
        # Killed for memory, or by an extension's crash.
        return Verdict(exercise, False, "stopped")


def _child(
    job: dict[str, Any], bounds: dict[str, Any], folder: Path, verdict_to: int, prints_to: int
) -> None:
    """Never returns."""
    os.setpgid(0, 0)
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(prints_to, 1)
        os.dup2(prints_to, 2)
        os.chdir(folder)
        # An optimiser's first step loads torch's compiler, which makes its cache folder.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder / "torch")
        checks = checks_of(importlib.import_module(f"{job['module']}.checks"))
        limits.bound_resources(bounds["memory"], bounds["seconds"])
        limits.bar_the_rest(folder)
        verdict = judge(checks[job["exercise"]], job["source"], job["seed"])
        sys.stdout.flush()
        _write_all(verdict_to, json.dumps(verdict.as_json()).encode() + b"\n")
    finally:
        # Neither exit handlers nor a half-written buffer of the parent's.
        os._exit(0)
