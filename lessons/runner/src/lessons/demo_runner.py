"""Runs a lesson's demo in the member's Python; started by `lessons run`."""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from lessons.context import Context
from lessons.device import choose_device, make_deterministic, out_of_memory
from lessons.i18n import message
from lessons.registry import Lesson, load_registry
from lessons.sinks import JsonSink, Sink, TextSink
from lessons.terminal import TerminalSink

INTERRUPTED = 130


def main() -> int:
    """Runs the demo that the first argument, a JSON object, describes."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    lesson = load_registry().lesson(given["lesson"])
    sink = _sink(given)
    needs_torch = "torch" in lesson.needs
    device, reason = choose_device(given["device"]) if needs_torch else ("cpu", None)
    if reason is not None:
        sink.text(message(given["lang"], reason))
    try:
        figures = run(lesson, given, sink, device)
    except KeyboardInterrupt:
        sink.text(message(given["lang"], "interrupted", lesson=lesson.id))
        return INTERRUPTED
    if given["json"]:
        print(json.dumps({"event": "figures", "lesson": lesson.id, "figures": figures}))
    return 0


def _sink(given: dict[str, Any]) -> Sink:
    out = Path(given["out"])
    if given["json"]:
        return JsonSink(out)
    return TerminalSink(out) if sys.stdout.isatty() else TextSink(out)


def run(lesson: Lesson, given: dict[str, Any], sink: Sink, device: str) -> dict[str, Any]:
    """The figures of every demo function, by function."""
    figures: dict[str, Any] = {}
    # Not for learners: a library's word to its own programmers.
    warnings.simplefilter("ignore", DeprecationWarning)
    demo = importlib.import_module(f"{lesson.module}.demo")
    for name in lesson.demo:
        try:
            figures[name] = getattr(demo, name)(_context(lesson, given, sink, device))
        except RuntimeError as problem:
            if device == "cpu" or not out_of_memory(problem):
                raise
            sink.text(message(given["lang"], "device_full"))
            device = "cpu"
            figures[name] = getattr(demo, name)(_context(lesson, given, sink, device))
    return figures


def _context(lesson: Lesson, given: dict[str, Any], sink: Sink, device: str) -> Context:
    make_deterministic(given["seed"], torch="torch" in lesson.needs)
    return Context(
        lesson,
        lang=given["lang"],
        sink=sink,
        checkpoints=Path(given["checkpoints"]),
        device=device,
        seed=given["seed"],
    )
