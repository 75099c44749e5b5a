"""Checks of the lesson on the learning rate."""

import numpy as np
import torch
from lessons.grading import Learner, check, close


@check("critical_lr")
def critical_lr(learner: Learner) -> None:
    """Take the Hessian from autograd and its largest eigenvalue by repeated multiplication."""
    answer = learner.function("critical_lr")
    for m, d in ((3, 1), (8, 2), (20, 4)):
        x = learner.rng.normal(size=(m, d)) * learner.rng.uniform(0.5, 2.0, d)
        tx, ty = torch.tensor(x), torch.tensor(learner.rng.normal(size=m))
        hessian = torch.autograd.functional.hessian(
            lambda w, tx=tx, ty=ty: ((tx @ w - ty) ** 2).mean(), torch.zeros(d, dtype=torch.float64)
        ).numpy()
        largest = float(np.linalg.svd(hessian, compute_uv=False)[0])
        smallest = float(np.linalg.svd(hessian, compute_uv=False)[-1])
        truth = 2 / largest
        wrong = {
            "half": truth / 2,
            "factor_2_of_the_square": truth * 2,
            "sum_not_mean": truth / m,
            "smallest": 2 / smallest if d > 1 else None,
            "trace": 2 / float(np.trace(hessian)) if d > 1 else None,
        }
        close(answer(x), truth, rtol=1e-8, mistakes=wrong)


@check("classify_run")
def classify_run(learner: Learner) -> None:
    """Make runs whose distance changes by a known factor, and ask what they do."""
    answer = learner.function("classify_run")
    names = {"diverges": 0, "stuck": 1, "zigzags": 2, "approaches": 3}
    for factor, truth in (
        (0.8, "approaches"),
        (-0.7, "zigzags"),
        (-1.0, "stuck"),
        (1.0, "stuck"),
        (-1.2, "diverges"),
        (1.1, "diverges"),
        (0.05, "approaches"),
    ):
        best = float(learner.rng.uniform(-3, 3))
        first = float(learner.rng.choice([-2.0, 2.0]) * learner.rng.uniform(0.5, 1.5))
        ws = [best + first * factor**one for one in range(9)]
        wrong: dict[str, object] = {}
        if truth == "zigzags":
            wrong = {"crossing_unseen": names["approaches"], "crossing_diverges": names["diverges"]}
        if truth == "diverges":
            wrong["crossing_first"] = names["zigzags"]
        if truth == "stuck":
            wrong = {"stuck_unseen": names["zigzags" if factor < 0 else "approaches"]}
            wrong["stuck_diverges"] = names["diverges"]
        if truth == "approaches":
            wrong["distance_from_zero"] = names["diverges"]
        said = answer(ws, best)
        close(names.get(said, -1), names[truth], mistakes={**wrong, "unknown_word": -1})


@check("bottom")
def bottom(learner: Learner) -> None:
    """Slopes of a convex cost at shuffled places; the cost itself tells where it is lowest."""
    answer = learner.function("bottom")
    for _ in range(4):
        ws = learner.rng.permutation(np.linspace(-4.0, 4.0, 41))
        best = float(learner.rng.uniform(-2, 2))
        slopes = ws - best
        heights = [(w - best) ** 2 for w in ws]
        lowest = float(ws[int(np.argmin(heights))])
        wrong = {
            "smallest_slope": float(ws.min()),
            "largest_slope": float(ws.max()),
            "index_not_weight": int(np.argmin(heights)),
            "slope_not_weight": float(slopes[int(np.argmin(heights))]),
        }
        close(answer(ws.tolist(), slopes.tolist()), lowest, mistakes=wrong)
