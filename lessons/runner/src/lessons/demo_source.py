"""Cuts demo.py into what a notebook shows: imports once, then each function with its own helpers.

A helper or a constant of demo.py is shown in the cell of the first function that uses it.
"""

import ast
from dataclasses import dataclass, field


@dataclass
class DemoSource:
    """demo.py as pieces of text by the names that they define."""

    imports: str
    pieces: dict[str, str] = field(default_factory=dict)
    uses: dict[str, set[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def shown_for(self, function: str, already: set[str]) -> str:
        """The text that defines `function`, after what it needs and `already` lacks."""
        wanted = self._closure(function) - already
        already |= wanted
        parts = [self.pieces[name] for name in self.order if name in wanted]
        return "\n\n\n".join(dict.fromkeys(parts))

    def _closure(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in self.pieces and current not in seen:
                seen.add(current)
                waiting.extend(self.uses[current])
        return seen


def read_demo(text: str) -> DemoSource:
    """Takes the text of a demo.py apart."""
    tree = ast.parse(text)
    imports: list[str] = []
    demo = DemoSource("")
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(_text_of(text, node))
            continue
        for name in _defined(node):
            demo.pieces[name] = _text_of(text, node)
            demo.uses[name] = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            demo.order.append(name)
    demo.imports = "\n".join(imports)
    return demo


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _text_of(text: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    lines = text.splitlines()
    # The comment right above belongs to what it explains.
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])
