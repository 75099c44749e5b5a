"""What the lessons' trained models reach, and within which bounds it stays whatever the seed.

`python -m tests.lessons.bands --seeds 8` with the member's interpreter prints every figure as JSON.
The figures are those that the demos return; a demo is run with each seed in a folder of its own.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]

if TYPE_CHECKING:
    from lessons.registry import Lesson


@dataclass(frozen=True)
class Band:
    """One figure of a lesson's demo and the bounds that it keeps to, both included.

    `figure` is `function.name`, or `function.name.2` for the third number of a list.
    """

    lesson: str
    figure: str
    least: float = -math.inf
    most: float = math.inf

    @property
    def function(self) -> str:
        """The demo function that returns it."""
        return self.figure.partition(".")[0]


BANDS = (
    Band("c1-function", "memorise.train_accuracy", least=1.0),
    Band("c7-normalize", "race.steps_minmax", most=300),
    Band("c7-normalize", "race.steps_standard", most=10),
    Band("c8-multi", "four_features.bias", least=-1e-3, most=1e-3),
    Band("d3-backprop", "against_nudging.largest_gap", most=1e-6),
    Band("d3-backprop", "train_network.last_loss", most=0.05),
    Band("d4-torch", "train_plane.weights.0", least=1.97, most=2.03),
    Band("e3-softmax", "squashed_twice.once_accuracy", least=0.95),
    Band("e4-multilabel", "two_heads.accuracy", least=0.88),
    Band("e4-multilabel", "two_heads.macro_f1", least=0.90),
    Band("e4-multilabel", "competing_labels.macro_f1", most=0.75),
    Band("f1-poly", "errors_by_degree.best_degree", least=3, most=3),
    Band("f2-ridge", "decaying_weights.gap", most=1e-6),
    Band("f3-bike", "encodings.one_hot_log", most=0.52),
    Band("g2-activation", "straight_or_bent.straight_loss", least=0.05),
    Band("g2-activation", "straight_or_bent.bent_loss", most=0.01),
    Band("g3-mlp2d", "one_layer_or_two.one_accuracy", most=0.76),
    Band("g3-mlp2d", "one_layer_or_two.two_accuracy", least=0.98),
    Band("g3-mlp2d", "kept_gradients.cleared_accuracy", most=0.80),
    Band("g3-mlp2d", "kept_gradients.adam_accuracy", least=0.97),
    Band("g4-digits", "three_networks.before.0", most=0.30),
    Band("g4-digits", "three_networks.after.0", least=0.90),
    Band("g4-digits", "three_networks.after.1", least=0.92),
    Band("g4-digits", "three_networks.after.2", least=0.95),
    Band("g5-keras", "fit.accuracy", least=0.95),
    Band("g5-keras", "without_keras.difference", most=1e-5),
    Band("i1-landscape", "two_searches.gradient", most=1e-3),
    Band("i2-sgd", "three_speeds.final.0", least=0.15, most=0.4),
    Band("i2-sgd", "three_speeds.final.2", least=0.15, most=0.4),
    Band("i3-optim", "moons.accuracy.3", least=0.97),
    Band("i6-capstone", "train_network.accuracy", least=0.93),
    Band("i6-capstone", "twenty_splits.low", least=0.93),
)


@dataclass(frozen=True)
class Measured:
    """One band's figure with one seed."""

    lesson: str
    figure: str
    seed: int
    value: float
    least: float
    most: float

    @property
    def kept(self) -> bool:
        """Whether the figure is within its bounds."""
        return self.least <= self.value <= self.most


def measure(lesson: Lesson, seed: int) -> Iterator[Measured]:
    """Runs what the lesson's bands need with that seed; nothing for a lesson without bands."""
    from lessons.context import Context
    from lessons.sinks import RecordingSink

    bands = [band for band in BANDS if band.lesson == lesson.id]
    demo = importlib.import_module(f"{lesson.module}.demo")
    returned: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        context = Context(
            lesson, lang="en", sink=RecordingSink(), checkpoints=Path(folder), seed=seed
        )
        for function in dict.fromkeys(band.function for band in bands):
            context.fresh()
            returned[function] = getattr(demo, function)(context)
    for band in bands:
        _, name, *place = band.figure.split(".")
        value = returned[band.function][name]
        value = float(value[int(place[0])] if place else value)
        yield Measured(lesson.id, band.figure, seed, value, band.least, band.most)


def as_json(one: Measured) -> dict[str, Any]:
    """The figure as JSON knows it: a bound that is not there is null."""
    bounds = {key: value if math.isfinite(value) else None for key, value in _bounds(one).items()}
    return {**asdict(one), **bounds, "kept": one.kept}


def _bounds(one: Measured) -> dict[str, float]:
    return {"least": one.least, "most": one.most}


def main(given: list[str]) -> int:
    """Prints a JSON list of all bands with all seeds; 1 where one is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.lessons.bands", description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--lesson", help="only this one")
    arguments = parser.parse_args(given)
    os.environ.setdefault("KERAS_BACKEND", "torch")
    packages = [str(one) for one in sorted((ROOT / "lessons/packages").glob("*/src"))]
    sys.path[:0] = [str(ROOT / "lessons/runner/src"), *packages]
    from lessons.registry import load_registry

    lessons = load_registry({"LESSONS_PATH": os.pathsep.join(packages)}).lessons
    chosen = [one for one in lessons if arguments.lesson in (None, one.id)]
    found = [
        one for lesson in chosen for seed in range(arguments.seeds) for one in measure(lesson, seed)
    ]
    print(json.dumps([as_json(one) for one in found]))
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
