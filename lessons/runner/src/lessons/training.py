"""Training that shows its progress, survives an interruption and goes on where it stopped."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from lessons.sinks import Progress, Sink

SAVE_EVERY = 2.0  # seconds


@dataclass
class Step:
    """One step of a training run; `number` counts from 0."""

    number: int
    steps: int
    metrics: dict[str, float] = field(default_factory=dict)

    def report(self, **metrics: Any) -> None:
        """Takes the step's figures: numbers, or tensors of one element."""
        for key, value in metrics.items():
            self.metrics[key] = float(value.detach() if hasattr(value, "detach") else value)


class Training:
    """Iterates over the steps that are left.

    After an interruption the next run continues at the step that was not done, with model,
    optimizer and everything in `state` (modules, optimizers, torch and numpy generators) as it was.
    """

    def __init__(
        self,
        name: str,
        steps: int,
        *,
        state: dict[str, Any],
        file: Path,
        sink: Sink,
        seed: int = 0,
    ) -> None:
        self.name = name
        self.steps = steps
        self.history: dict[str, list[float]] = {}
        self.resumed_at = 0
        self._state = state
        self._file = file
        self._sink = sink
        self._seed = seed
        self._interrupted = False

    def __iter__(self) -> Iterator[Step]:
        first = self.resumed_at = self._load()
        started = saved = time.monotonic()
        with self._holding_interrupts():
            for number in range(first, self.steps):
                step = Step(number, self.steps)
                yield step
                self._record(step, first, started)
                if self._interrupted:
                    self._save(number + 1)
                    raise KeyboardInterrupt
                if time.monotonic() - saved > SAVE_EVERY:
                    self._save(number + 1)
                    saved = time.monotonic()
        self._file.unlink(missing_ok=True)

    def _record(self, step: Step, first: int, started: float) -> None:
        for key, value in step.metrics.items():
            self.history.setdefault(key, []).append(value)
        done = step.number + 1
        pace = (time.monotonic() - started) / (done - first)
        eta = pace * (self.steps - done)
        progress = Progress(self.name, done, self.steps, step.metrics, self.history, eta)
        self._sink.progress(progress)

    @contextlib.contextmanager
    def _holding_interrupts(self) -> Iterator[None]:
        # In the middle of a step the model and the optimizer do not fit together.
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(number: int, frame: FrameType | None) -> None:
            if self._interrupted:
                raise KeyboardInterrupt
            self._interrupted = True

        previous = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)

    def _fingerprint(self) -> dict[str, Any]:
        shapes = {
            f"{key}.{name}": list(value.shape)
            for key, thing in self._state.items()
            if hasattr(thing, "named_parameters")
            for name, value in thing.named_parameters()
        }
        return {"v": 1, "steps": self.steps, "seed": self._seed, "shapes": shapes}

    def _save(self, done: int) -> None:
        import torch

        self._file.parent.mkdir(parents=True, exist_ok=True)
        state = {key: _state_of(thing) for key, thing in self._state.items()}
        content = {**self._fingerprint(), "done": done, "history": self.history, "state": state}
        part = self._file.with_suffix(f".{os.getpid()}.part")
        torch.save(content, part)
        part.replace(self._file)

    def _load(self) -> int:
        """Brings back the last checkpoint and returns the step to go on with."""
        content = self._read()
        if content is None or content["state"].keys() != self._state.keys():
            return 0
        if {key: content.get(key) for key in self._fingerprint()} != self._fingerprint():
            return 0
        for key, thing in self._state.items():
            _restore(thing, content["state"][key])
        self.history.update(content["history"])
        return int(content["done"])

    def _read(self) -> dict[str, Any] | None:
        import torch

        if not self._file.is_file():
            return None
        # A file cut short by a full disk must not keep the lesson from starting.
        with contextlib.suppress(Exception):
            content = torch.load(self._file, map_location="cpu", weights_only=True)
            return dict(content)
        return None


def _state_of(thing: Any) -> Any:
    if hasattr(thing, "state_dict"):
        return thing.state_dict()
    if hasattr(thing, "get_state"):
        return thing.get_state()
    return thing.bit_generator.state


def _restore(thing: Any, state: Any) -> None:
    if hasattr(thing, "load_state_dict"):
        thing.load_state_dict(state)
    elif hasattr(thing, "set_state"):
        thing.set_state(state)
    else:
        thing.bit_generator.state = state
