"""Where files of a container lie, how layers pile up, and why a recipe beats a photograph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from lessons.context import Context


@dataclass
class Box:
    """A toy container: what it was started from, its own files, what hangs in from outside."""

    image: frozenset[str]
    outside: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    memory: set[str] = field(default_factory=set)

    def save(self, path: str) -> None:
        """Write a file where its first folder says."""
        shelf = {"/srv": self.outside, "/run": self.memory}.get(path[:4], self.own)
        shelf.add(path)

    def restart(self) -> None:
        """Stop and start: memory is lost."""
        self.memory.clear()

    def visible(self) -> set[str]:
        """Everything a program in the container can open."""
        return set(self.image) | self.own | self.outside | self.memory


def three_places(ctx: Context) -> dict[str, float | list[float]]:
    """Follow four files of a shop through stop, removal and commit."""
    box = Box(image=frozenset({"/usr/bin/shop"}))
    written = ["/usr/lib/plugin.so", "/root/.history", "/srv/orders.csv", "/run/cart"]
    for path in written:
        box.save(path)
    before = box.visible()
    box.restart()
    stopped = box.visible()
    saved = box.image | box.own
    columns = [
        before,
        stopped,
        Box(box.image, outside=box.outside).visible(),
        Box(saved, outside=box.outside).visible(),
        Box(saved).visible(),
    ]
    rows = [[path, *("●" if path in seen else "–" for seen in columns)] for path in written]
    names = ["path", "now", "stopped", "plain", "committed", "elsewhere"]
    ctx.table([f"demo.places.{name}" for name in names], rows)
    ctx.say("demo.places.note")
    return {"left": [float(len(seen & set(written))) for seen in columns]}


def sediment(ctx: Context) -> dict[str, float | list[float]]:
    """Add 500 MB in one commit, remove it in the next, and weigh the image."""
    layers = [("base", 800, 800), ("data", 500, 1300), ("tidy", 0, 800), ("lib", 120, 920)]
    carried = 0
    rows, weights = [], []
    for name, layer, seen in layers:
        carried += layer
        weights.append(float(carried))
        rows.append([ctx.t(f"demo.sediment.{name}"), layer, seen, carried, "█" * (carried // 50)])
    heads = ["commit", "layer", "seen", "carried"]
    ctx.table([*(f"demo.sediment.{head}" for head in heads), ""], rows)
    ctx.say("demo.sediment.note", hidden=carried - layers[-1][2])
    return {"carried": weights, "hidden": float(carried - layers[-1][2])}


def twice(ctx: Context) -> dict[str, float | list[float]]:
    """Build the same recipe twice and compare it with two afternoons at the keyboard."""
    recipe = ["base 1.4", "apt graphviz 2.43", "pip numpy 2.4"]
    afternoons = [
        ["base 1.4", "pip numpy 2.4", "apt graphviz 2.43", "vim .bashrc"],
        ["base 1.4", "apt graphviz 2.43", "pip numpy 2.4", "pip install nunpy"],
    ]
    results = []
    for steps in [recipe, list(recipe), *afternoons]:
        print_ = hashlib.sha256()
        for step in steps:
            print_.update(step.encode())
        results.append(print_.hexdigest()[:10])
    labels = ["first", "second", "monday", "tuesday"]
    rows = [
        [ctx.t(f"demo.twice.{label}"), text] for label, text in zip(labels, results, strict=True)
    ]
    ctx.table(["demo.twice.how", "demo.twice.hash"], rows)
    ctx.say("demo.twice.note")
    return {"same": float(results[0] == results[1]), "different": float(len(set(results)))}
