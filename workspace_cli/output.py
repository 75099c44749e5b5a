"""How the command line speaks: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from workspace_cli.core.errors import LabdockError
from workspace_cli.text import clean, cut, pad, size, width

if TYPE_CHECKING:
    from workspace_cli.core.engine import Progress, Report

BAR_WIDTH = 24
REDRAW_SECONDS = 0.1


class Console:
    """Where one call of the command line prints, and how it asks.

    Results go to ``out`` so that a script can read them; progress, warnings and
    errors go to ``err``.  Set-up, whose steps are its result, tells them through
    ``step``, ``line`` and ``warn``.
    """

    def __init__(
        self, out: TextIO | None = None, err: TextIO | None = None, stdin: TextIO | None = None
    ) -> None:
        self.out = out if out is not None else sys.stdout
        self.err = err if err is not None else sys.stderr
        self.stdin = stdin if stdin is not None else sys.stdin

    @property
    def interactive(self) -> bool:
        """Whether a person sits at a terminal and can answer."""
        return _is_terminal(self.stdin) and _is_terminal(self.err)

    def print(self, text: str = "") -> None:
        """Print a result."""
        self.out.write(f"{text}\n")

    def raw(self, content: bytes) -> None:
        """Pass a program's own output on, byte for byte, at once."""
        _pass_on(self.out, content)

    def raw_error(self, content: bytes) -> None:
        """Pass on what a program wrote to its standard error."""
        _pass_on(self.err, content)

    def note(self, text: str) -> None:
        """Print what a person may want to know and a script does not."""
        self.err.write(f"{text}\n")
        self.err.flush()

    def step(self, text: str) -> None:
        """Tell that a step of setting up begins."""
        self.print(f"==> {text}")
        self.out.flush()

    def line(self, text: str) -> None:
        """Tell a detail of the current step."""
        self.print(f"    {text}")
        self.out.flush()

    def warn(self, text: str) -> None:
        """Tell something to look after that stops nothing."""
        self.note(f"warning: {text}")

    def error(self, error: LabdockError) -> None:
        """Tell what happened and why, and what to do next on a line of its own."""
        self.note(f"workspace: {error.message}")
        if error.remedy:
            self.note(error.remedy)

    def json(self, data: Any) -> None:
        """Print data for programs."""
        self.print(json.dumps(data, indent=2, ensure_ascii=False))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under their headings, each column as wide as its widest cell."""
        cells = [[heading.upper() for heading in columns]]
        cells += [[clean(cell) for cell in row] for row in rows]
        widths = [max(width(row[i]) for row in cells) for i in range(len(columns))]
        for row in cells:
            self.print("   ".join(map(pad, row, widths)).rstrip())

    def facts(self, facts: Mapping[str, str | Sequence[str]]) -> None:
        """Print names and values, one a line; empty values are left out."""
        shown = {
            name: [value] if isinstance(value, str) else value for name, value in facts.items()
        }
        kept = {name: [clean(v) for v in values if v] for name, values in shown.items()}
        kept = {name: values for name, values in kept.items() if values}
        widest = max(map(width, kept), default=0)
        for name, values in kept.items():
            for position, value in enumerate(values):
                self.print(f"{pad(name if position == 0 else '', widest)}   {value}")

    def confirm(self, question: str) -> bool:
        """Ask a person; anything but yes means no."""
        self.err.write(f"{question} [y/N] ")
        self.err.flush()
        answer = self.stdin.readline()
        if not answer.endswith("\n"):
            self.note("")
        return answer.strip().lower() in {"y", "yes", "네", "예"}

    @contextmanager
    def progress(self) -> Iterator[Report]:
        """Yield a function that shows each step: a bar on a terminal, else plain lines."""
        shown = Bar(self.err) if _is_terminal(self.err) else Lines(self.err)

        def report(progress: Progress) -> None:
            if progress.warning:
                shown.close()
                self.warn(clean(progress.text))
            else:
                shown.report(progress)

        try:
            yield report
        finally:
            shown.close()


class Lines:
    """Progress as plain lines: one a step, not one a byte."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""

    def report(self, progress: Progress) -> None:
        """Print the step where it is a new one."""
        if progress.text != self._text:
            self._text = progress.text
            self._stream.write(f"{clean(progress.text)}\n")
            self._stream.flush()

    def close(self) -> None:
        """Leave what was printed as it is."""


class Bar:
    """Progress as one line that is drawn again, with a bar where the size is known."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._drawn = 0.0

    def report(self, progress: Progress) -> None:
        """Draw the step, at most ten times a second."""
        now = time.monotonic()
        if progress.text == self._text and now - self._drawn < REDRAW_SECONDS:
            return
        self._text, self._drawn = progress.text, now
        # Back to the line's beginning and clear it: the next step writes over this one.
        self._stream.write(f"\r\x1b[K{bar_line(progress)}")
        self._stream.flush()

    def close(self) -> None:
        """Clear the line: what is printed next begins where it stood."""
        if self._text:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def bar_line(progress: Progress, columns: int | None = None) -> str:
    """Return one step as a line no wider than the terminal."""
    if columns is None:
        from shutil import get_terminal_size

        columns = get_terminal_size().columns
    text = clean(progress.text)
    if progress.total > 0:
        share = min(max(progress.current / progress.total, 0.0), 1.0)
        filled = round(share * BAR_WIDTH)
        text = (
            f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {share:4.0%} "
            f"{size(progress.current)}/{size(progress.total)} {text}"
        )
    elif progress.current > 0:
        text = f"{text} {size(progress.current)}"
    return cut(text, columns - 1)


def _pass_on(stream: TextIO, content: bytes) -> None:
    # A text stream of a test has no bytes below it.
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(content.decode(errors="replace"))
    else:
        stream.flush()
        buffer.write(content)
    stream.flush()


def _is_terminal(stream: TextIO) -> bool:
    # A closed or replaced stream is none.
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False
