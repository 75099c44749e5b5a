"""What a terminal shows."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace_cli import text
from workspace_cli.core.engine import Progress
from workspace_cli.output import Bar, Console, Lines, bar_line


@pytest.mark.parametrize(
    "number,shown",
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (206_000_000, "206 MB"), (10**15, "1000 TB")],
)
def test_size_is_written_as_docker_writes_it(number: int, shown: str) -> None:
    assert text.size(number) == shown


@pytest.mark.parametrize(
    "number,shown", [(4 * 2**30, "4g"), (1536 * 2**20, "1536m"), (1000, "1000b"), (2**10, "1k")]
)
def test_memory_is_written_as_it_was_given(number: int, shown: str) -> None:
    assert text.memory(number) == shown


@given(st.text())
def test_clean_leaves_nothing_that_moves_a_cursor(written: str) -> None:
    assert text.clean(written).isprintable()


@given(st.text(alphabet="ab김철"), st.integers(1, 20))
def test_cut_never_takes_more_columns_than_there_are(written: str, columns: int) -> None:
    assert text.width(text.cut(written, columns)) <= columns


def test_table_lines_up_under_korean_names() -> None:
    out = io.StringIO()
    Console(out, io.StringIO()).table(("name", "state"), [("김철수", "up"), ("kim", "down")])
    positions = {
        text.width(line[: line.index(cell)])
        for line, cell in zip(out.getvalue().splitlines(), ("STATE", "up", "down"), strict=True)
    }
    assert len(positions) == 1


def test_facts_leave_out_what_is_empty() -> None:
    out = io.StringIO()
    Console(out, io.StringIO()).facts({"a": "", "ports": ["1", "2"], "b": []})
    assert out.getvalue() == "ports   1\n        2\n"


def test_lines_print_each_step_once() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for current in range(5):
        lines.report(Progress("Fetching", current, 5))
    lines.report(Progress("Done"))
    assert stream.getvalue() == "Fetching\nDone\n"


def test_bar_ends_with_an_empty_line_to_write_on() -> None:
    stream = io.StringIO()
    bar = Bar(stream)
    bar.report(Progress("Fetching", 1, 2))
    bar.close()
    assert "50%" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


@given(st.integers(-1, 2**60), st.integers(-1, 2**60), st.text(), st.integers(20, 300))
def test_bar_never_wraps(current: int, total: int, words: str, columns: int) -> None:
    line = bar_line(Progress(words, current, total), columns)
    assert text.width(line) < columns
    assert "\n" not in line


def test_warning_stays_on_the_terminal() -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    console = Console(io.StringIO(), stream)
    with console.progress() as report:
        report(Progress("Starting"))
        report(Progress("no password", warning=True))
        report(Progress("Done"))
    assert "warning: no password\n" in stream.getvalue()
