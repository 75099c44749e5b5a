"""What a demo is given: language, randomness, device, and ways to tell, plot and train."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lessons import plots
from lessons.i18n import Lang
from lessons.registry import Lesson
from lessons.sinks import Sink
from lessons.training import Training


class Context:
    """The surroundings of one lesson's demo; the same for a terminal, a notebook and a test."""

    def __init__(
        self,
        lesson: Lesson,
        *,
        lang: Lang,
        sink: Sink,
        checkpoints: Path,
        device: str = "cpu",
        seed: int = 0,
    ) -> None:
        self.lesson = lesson
        self.lang: Lang = lang
        self.device = device
        self.seed = seed
        self._sink = sink
        self._checkpoints = checkpoints
        self._strings = lesson.strings(lang)
        self._rng: Any = None

    def fresh(self) -> None:
        """Starts the randomness anew, as before each demo function and each notebook cell."""
        self._rng = None

    @property
    def rng(self) -> Any:
        """A numpy Generator, freshly seeded for each demo function."""
        if self._rng is None:
            import numpy as np

            self._rng = np.random.default_rng(self.seed)
        return self._rng

    def generator(self) -> Any:
        """A torch Generator on the CPU, seeded freshly at each call."""
        import torch

        return torch.Generator().manual_seed(self.seed)

    def t(self, key: str, **values: object) -> str:
        """The text of that key in the reader's language, filled in."""
        return self._strings[key].format(**values)

    def say(self, key: str, **values: object) -> None:
        """Tells the text of that key."""
        self._sink.text(self.t(key, **values))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Shows rows under headers; a header that is a key of the strings is translated."""
        self._sink.table([self._strings.get(one, one) for one in headers], rows)

    def subplots(self, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Any, Any]:
        """A matplotlib figure and its axes, with a Korean font and no display."""
        return plots.subplots(rows, columns, **options)

    def figure(self, figure: Any, name: str) -> None:
        """Shows the figure: inline in a notebook, else as `name`.png in the lesson's folder."""
        self._sink.figure(plots.png(figure), name)
        figure.clear()

    def train(
        self,
        name: str,
        steps: int,
        *,
        model: Any,
        optimizer: Any,
        extra: dict[str, Any] | None = None,
    ) -> Training:
        """An iterator of training steps that resumes where the last run was stopped."""
        file = self._checkpoints / self.lesson.id / f"{name}.pt"
        state = {"model": model, "optimizer": optimizer, **(extra or {})}
        return Training(name, steps, state=state, file=file, sink=self._sink, seed=self.seed)
