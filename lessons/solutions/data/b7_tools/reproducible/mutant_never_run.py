# kind: never_run
from collections.abc import Callable

Cell = Callable[[dict[str, int]], None]


def reproducible(cells: list[Cell], order: list[int]) -> bool:
    fresh: dict[str, int] = {}
    history: dict[str, int] = {}
    for number in order:
        try:
            cells[number](history)
        except KeyError:
            continue
    for cell in [cells[number] for number in sorted(set(order))]:
        try:
            cell(fresh)
        except KeyError:
            return False
    return fresh == history
