"""Where a demo's words, tables, figures and progress go: a terminal, JSON lines, or nowhere."""

import json
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol


@dataclass(frozen=True)
class Progress:
    """How far a training run is: step counts from 1, eta in seconds."""

    name: str
    step: int
    steps: int
    metrics: dict[str, float]
    history: dict[str, list[float]]
    eta: float


class Sink(Protocol):
    """Takes what a demo shows."""

    def text(self, text: str) -> None: ...

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None: ...

    def figure(self, png: bytes, name: str) -> None: ...

    def progress(self, progress: Progress) -> None: ...


def shown(value: object) -> str:
    """A table's cell as text: six significant digits for a fraction."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return str(value)
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


def width(text: str) -> int:
    """Columns that the text takes in a terminal: Hangul takes two."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return wide + sum(not unicodedata.combining(one) for one in text)


def table_lines(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """The table as lines of a terminal, numbers to the right."""
    texts = [list(headers), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]

    def line(cells: list[str]) -> str:
        return "  ".join(" " * (w - width(c)) + c for c, w in zip(cells, widths, strict=True))

    return [line(texts[0]), "  ".join("-" * w for w in widths), *map(line, texts[1:])]


@dataclass
class TextSink:
    """Plain lines for a terminal or a file; figures become files."""

    out: Path
    stream: IO[str] = field(default_factory=lambda: sys.stdout)
    _tenth: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> None:
        print(text, file=self.stream)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        print("\n".join(table_lines(headers, rows)), file=self.stream)

    def figure(self, png: bytes, name: str) -> None:
        print(write_png(self.out, name, png), file=self.stream)

    def progress(self, progress: Progress) -> None:
        tenth = progress.step * 10 // progress.steps
        if tenth == self._tenth.get(progress.name):
            return
        self._tenth[progress.name] = tenth
        metrics = "  ".join(f"{key} {value:.4g}" for key, value in progress.metrics.items())
        line = f"{progress.name}  {progress.step}/{progress.steps}  {metrics}"
        print(line, file=self.stream, flush=True)


@dataclass
class JsonSink:
    """One JSON object a line, for programs."""

    out: Path
    stream: IO[str] = field(default_factory=lambda: sys.stdout)
    _last: float = 0.0

    def _emit(self, event: str, **values: object) -> None:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), file=self.stream)
        self.stream.flush()

    def text(self, text: str) -> None:
        self._emit("text", text=text)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        cells = [[shown(cell) for cell in row] for row in rows]
        self._emit("table", headers=list(headers), rows=cells)

    def figure(self, png: bytes, name: str) -> None:
        self._emit("figure", name=name, file=str(write_png(self.out, name, png)))

    def progress(self, progress: Progress) -> None:
        # A quick loop would write faster than anybody reads.
        now = time.monotonic()
        if now - self._last < 0.1 and progress.step < progress.steps:
            return
        self._last = now
        self._emit(
            "progress",
            name=progress.name,
            step=progress.step,
            steps=progress.steps,
            eta=round(progress.eta, 2),
            **progress.metrics,
        )


@dataclass
class RecordingSink:
    """Keeps what was shown, for tests and galleries."""

    texts: list[str] = field(default_factory=list)
    tables: list[tuple[list[str], list[list[str]]]] = field(default_factory=list)
    figures: dict[str, bytes] = field(default_factory=dict)
    steps: int = 0

    def text(self, text: str) -> None:
        self.texts.append(text)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        self.tables.append((list(headers), [[shown(cell) for cell in row] for row in rows]))

    def figure(self, png: bytes, name: str) -> None:
        self.figures[name] = png

    def progress(self, progress: Progress) -> None:
        self.steps += 1


def write_png(out: Path, name: str, png: bytes) -> Path:
    """Writes the picture into the folder and returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.png"
    file.write_bytes(png)
    return file
