"""Checks of b7-tools: the cell is run, notebooks are replayed, loops are timed."""

from __future__ import annotations

import ast
import datetime
import time
from typing import Any

from lessons.grading import Learner, check, close, expect, fail


@check("repaired")
def repaired(learner: Learner) -> None:
    """Run the cell as a notebook does: statements, then the value of the last expression."""
    text = learner.function("repaired")()
    expect(isinstance(text, str), "wrong_type")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        fail("still_one_line")
    expect(tree.body, "shows_nothing")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Attribute):
            fail("too_much")
        if isinstance(node, ast.Call):
            fail("print_not_needed")
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        fail("shows_nothing")
    memory: dict[str, Any] = {"__builtins__": {}}
    exec(compile(ast.Module(tree.body[:-1], []), "cell", "exec"), memory)  # noqa: S102
    expect("seconds_in_a_day" in memory, "not_kept")
    try:
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), memory)  # noqa: S307
    except NameError:
        fail("other_value")
    day = datetime.timedelta(days=1).total_seconds()
    expect(shown == day and memory["seconds_in_a_day"] == day, "other_value")
    numbers = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    expect(sorted(numbers) == [24, 60, 60], "computed_by_head")


class Assign:
    """A cell that sets a variable from others."""

    def __init__(self, name: str, parts: list[str], number: int) -> None:
        self.name, self.parts, self.number = name, parts, number

    def __call__(self, memory: dict[str, int]) -> None:
        """Run the cell."""
        memory[self.name] = self.number + sum(memory[part] for part in self.parts)


def _outcome(cells: list[Assign], order: list[int]) -> tuple[dict[str, int], bool]:
    """Replay without calling the cells: the variables, and whether all of them worked."""
    known: dict[str, int] = {}
    clean = True
    for number in order:
        cell = cells[number]
        if all(part in known for part in cell.parts):
            known = known | {cell.name: cell.number + sum(known[part] for part in cell.parts)}
        else:
            clean = False
    return known, clean


def _notebook(dice: Any) -> list[Assign]:
    """Invent cells; now and then one uses a variable that only a later cell sets."""
    names = ["a", "b", "c", "d"]
    notebook = [Assign("a", [], dice.randrange(1, 9))]
    for position in range(1, 5):
        sources = names[: position + (dice.random() < 0.15)]
        parts = dice.sample(sources, min(len(sources), dice.randrange(1, 3)))
        notebook.append(Assign(names[min(position, 3)], parts, dice.randrange(1, 9)))
    return notebook


@check("reproducible")
def reproducible(learner: Learner) -> None:
    """Random notebooks and histories, and one of each kind that must be told apart."""
    learn, dice = learner.function("reproducible"), learner.random
    add = Assign("a", ["a"], 1)
    start, use = Assign("a", [], 5), Assign("b", ["a"], 1)
    other = Assign("c", [], 7)
    fixed = [
        ([start, add], [0, 1, 1], False, "order_not_values"),
        ([start, other, use], [1, 0, 2], True, "order_matters_too_much"),
        ([start, use, other], [0, 1], False, "never_run"),
        ([use, start], [1, 0], False, "fresh_run_fails"),
        ([use, start], [0, 1], False, "fresh_run_fails"),
        ([start, use], [1, 0, 1], True, "failing_cell"),
        ([start, use], [0, 0, 1, 1], True, "order_matters_too_much"),
    ]
    for cells, order, truth, kind in fixed:
        _ask(learn, cells, order, truth, kind)
    for _ in range(60):
        cells = _notebook(dice)
        order = [dice.randrange(5) for _ in range(3)] + list(range(5))
        if dice.random() < 0.5:
            order = dice.sample(order, len(order))
        fresh, clean = _outcome(cells, list(range(5)))
        truth = clean and fresh == _outcome(cells, order)[0]
        _ask(learn, cells, order, truth, "wrong_value")


def _ask(learn: Any, cells: list[Assign], order: list[int], truth: bool, kind: str) -> None:
    """Compare one answer; a KeyError that gets out is the learner's."""
    try:
        got = learn(list(cells), list(order))
    except KeyError:
        fail("fresh_run_fails" if kind != "failing_cell" else "failing_cell")
    expect(isinstance(got, bool), "wrong_type")
    expect(got == truth, kind)


@check("squared_distances", forbids=("for", "while", "scipy"))
def squared_distances(learner: Learner) -> None:
    """Values against plain sums, then a race on a larger table."""
    import numpy as np

    learn, rng = learner.function("squared_distances"), learner.rng
    for _ in range(4):
        a, b = rng.normal(size=(5, 3)), rng.normal(size=(7, 3))
        pairs = [[sum((x - y) ** 2 for x, y in zip(p, q, strict=True)) for q in b] for p in a]
        truth = np.array(pairs)
        close(
            learn(a, b),
            truth,
            rtol=1e-8,
            atol=1e-10,
            mistakes={
                "root_taken": np.sqrt(truth),
                "turned": truth.T,
                "mean_not_sum": truth / 3,
                "not_squared": np.abs(a[:, None] - b[None]).sum(-1),
            },
        )
    a, b = rng.normal(size=(120, 8)), rng.normal(size=(100, 8))
    slow = _seconds(lambda: _loops(a, b), 1)
    fast = _seconds(lambda: learn(a, b), 7)
    expect(slow > 10 * fast, "still_a_loop")


def _loops(a: Any, b: Any) -> Any:
    """The loop of the lesson, number by number."""
    import numpy as np

    table = np.zeros((len(a), len(b)))
    for (i, j), _value in np.ndenumerate(table):
        for k in range(a.shape[1]):
            table[i, j] += (a[i, k] - b[j, k]) ** 2
    return table


def _seconds(work: Any, repeats: int) -> float:
    """The shortest of a few runs, so that a busy machine does no harm."""
    durations = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)
