"""A demo in a terminal: text, and a bar that moves while a model trains."""

from dataclasses import dataclass, field
from typing import Any

from lessons.sinks import Progress, TextSink


@dataclass
class TerminalSink(TextSink):
    """As TextSink, with tqdm's bar where tqdm is installed."""

    _bars: dict[str, Any] = field(default_factory=dict)

    def progress(self, progress: Progress) -> None:
        try:
            from tqdm import tqdm
        except ImportError:
            super().progress(progress)
            return
        bar = self._bars.get(progress.name)
        if bar is None:
            bar = tqdm(total=progress.steps, initial=progress.step - 1, desc=progress.name)
            self._bars[progress.name] = bar
        bar.set_postfix({key: f"{value:.4g}" for key, value in progress.metrics.items()}, False)
        bar.update(progress.step - bar.n)
        if progress.step == progress.steps:
            bar.close()
            del self._bars[progress.name]
