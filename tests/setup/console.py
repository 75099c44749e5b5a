"""A console that keeps what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class RecordingConsole:
    """Keeps steps, lines and warnings apart, each in the order in which they came."""

    steps: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.steps.append(text)

    def line(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)
