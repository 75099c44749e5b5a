"""Whether the body of an exercise's solution stands somewhere it must not."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOLUTIONS = Path(__file__).parents[2] / "lessons/solutions"
SMALLEST = 12  # nodes: two functions that only return a constant are not copies of each other


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node


def body_of(function: ast.AST) -> str | None:
    """The function's body with names, docstrings and annotations made the same; None if tiny."""
    body = function.body if isinstance(function.body, list) else [function.body]  # type: ignore[attr-defined]
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    nodes = [node for statement in body for node in ast.walk(statement)]
    if len(nodes) < SMALLEST:
        return None
    names: dict[str, str] = {}

    def plain(node: ast.AST) -> str:
        parts = [type(node).__name__]
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "ctx", "type_comment", "kind"}:
                continue
            parts.append(shown(value, field))
        return f"({' '.join(parts)})"

    def shown(value: object, field: str) -> str:
        if isinstance(value, ast.AST):
            return plain(value)
        if isinstance(value, list):
            return f"[{' '.join(shown(one, field) for one in value)}]"
        if field in {"id", "arg", "name"} and isinstance(value, str):
            return names.setdefault(value, f"n{len(names)}")
        return repr(value)

    return " ".join(plain(statement) for statement in body)


@cache
def solution_bodies() -> dict[str, str]:
    """Every reference's functions, as bodies, with the file that each is from."""
    found = {
        body: str(file.relative_to(SOLUTIONS))
        for file in sorted(SOLUTIONS.rglob("reference.py"))
        for function in functions(ast.parse(file.read_text(encoding="utf-8")))
        if (body := body_of(function)) is not None
    }
    assert len(found) > 100
    return found


def copies_in(name: str, source: str) -> list[str]:
    """A line for each function in the source that has a solution's body."""
    solutions = solution_bodies()
    return [
        f"{name}: {getattr(one, 'name', 'lambda')} at line {one.lineno} is {solutions[body]}"
        for one in functions(ast.parse(source))
        if (body := body_of(one)) in solutions and body is not None
    ]
