"""Checks of the lesson on least squares by calculus."""

from collections.abc import Callable
from fractions import Fraction
from math import fsum

import numpy as np
from lessons.grading import Learner, check, close, expect, fail


@check("vertex")
def vertex(learner: Learner) -> None:
    """The point is lower than its neighbours, and the error belongs to it."""
    answer = learner.function("vertex")
    for _ in range(4):
        a = float(learner.rng.uniform(0.5, 3.0))
        b, c = (float(one) for one in learner.rng.uniform(1.0, 4.0, 2))
        parabola = np.polynomial.Polynomial([c, b, a])
        w = float(parabola.deriv().roots()[0])
        low = float(parabola(w))
        wrong = {
            "sign": [-w, float(parabola(-w))],
            "factor_2": [2 * w, float(parabola(2 * w))],
            "derivative_not_error": [w, 0.0],
            "constant_dropped": [w, low - c],
            "only_error": low,
            "only_w": w,
        }
        close(answer(a, b, c), [w, low], rtol=1e-9, atol=1e-9, mistakes=wrong)
    for a in (0.0, -1.5):
        _refuses(lambda a=a: answer(a, 1.0, 2.0), "no_lowest_point")


def _refuses(call: Callable[[], object], kind: str) -> None:
    try:
        call()
    except ValueError:
        return
    except ZeroDivisionError:
        fail(kind)
    fail(kind)


@check("solve_2x2", forbids=("numpy.linalg", "scipy.linalg", "torch.linalg"))
def solve_2x2(learner: Learner) -> None:
    """Choose the solution first, in exact fractions, and ask for it back."""
    answer = learner.function("solve_2x2")
    for _ in range(5):
        a = [[0, 0], [0, 0]]
        p = q = Fraction(0)
        while not a[0][0] or a[0][0] * a[1][1] == a[0][1] * a[1][0] or p == q:
            a = learner.rng.integers(-6, 7, (2, 2)).tolist()
            p, q = (Fraction(int(one), 4) for one in learner.rng.integers(1, 30, 2))
        r = [row[0] * p + row[1] * q for row in a]
        sign = [-float(p), -float(q)]
        turned = _by_transpose(a, r)
        wrong = {"exchanged": [float(q), float(p)], "sign": sign, "transposed": turned}
        got = answer([[float(one) for one in row] for row in a], [float(one) for one in r])
        close(got, [float(p), float(q)], rtol=1e-9, mistakes=wrong)
    for r in ([1.0, 2.0], [1.0, 5.0]):
        _refuses(lambda r=r: answer([[1.0, 2.0], [2.0, 4.0]], r), "no_single_solution")
    try:
        got = answer([[0.0, 2.0], [4.0, 1.0]], [6.0, 7.0])
    except (ValueError, ZeroDivisionError):
        fail("zero_pivot")
    close(got, [1.0, 3.0], mistakes={"zero_pivot": [np.nan, np.nan]})


def _by_transpose(a: list[list[int]], r: list[Fraction]) -> list[float] | None:
    (e, f), (g, h) = a
    if f == g:
        return None
    values = np.linalg.lstsq(np.array([[e, g], [f, h]], float), np.array(r, float), rcond=None)[0]
    return [float(one) for one in values]


@check("normal_eq", forbids=("numpy.polyfit", "numpy.linalg.lstsq", "sklearn", "scipy"))
def normal_eq(learner: Learner) -> None:
    """Compare with a least-squares solver by QR and with the two level slopes."""
    answer = learner.function("normal_eq")
    for size in (3, 12, 40):
        x = learner.rng.uniform(-3.0, 6.0, size)
        y = learner.rng.normal(size=size) + float(learner.rng.uniform(1, 3)) * (x + 2)
        q, r = np.linalg.qr(np.column_stack([np.ones(size), x]))
        w1 = float(q[:, 1] @ y / r[1, 1])
        w0 = float((q[:, 0] @ y - r[0, 1] * w1) / r[0, 0])
        wrong = {
            "exchanged": [w1, w0],
            "through_origin": [0.0, fsum(x * y) / fsum(x * x)],
            "no_n": _with_count(1.0, x, y),
            "squares_of_sum": _with_square(float(x.sum()) ** 2, x, y),
        }
        close(answer(x, y), [w0, w1], rtol=1e-8, atol=1e-9, mistakes=wrong)


def _with_count(count: float, x: np.ndarray, y: np.ndarray) -> list[float]:
    left = [[count, x.sum()], [x.sum(), (x * x).sum()]]
    return [float(one) for one in np.linalg.solve(left, [y.sum(), (x * y).sum()])]


def _with_square(square: float, x: np.ndarray, y: np.ndarray) -> list[float]:
    left = [[float(len(x)), x.sum()], [x.sum(), square]]
    return [float(one) for one in np.linalg.solve(left, [y.sum(), (x * y).sum()])]


@check("pairing")
def pairing(learner: Learner) -> None:
    """Try lines that meet one demand and see which squared error vanishes."""
    answers = learner.value("answers")
    demands = {"A": (1.0, 2.0), "B": (1.0, 1.0), "C": (0.0, 0.0)}
    terms = {1: (0.0, 0.0), 2: (1.0, 1.0), 3: (1.0, 2.0)}
    truth = {}
    for name, (x, y) in demands.items():
        slopes = learner.rng.normal(size=5)
        lines = [(y - slope * x, slope) for slope in slopes]
        vanish = [
            term
            for term, (u, v) in terms.items()
            if all(abs(w0 + w1 * u - v) < 1e-12 for w0, w1 in lines)
        ]
        truth[name] = vanish[0]
    expect(dict(answers) != {"A": 1, "B": 2, "C": 3}, "row_by_row")
    expect(sorted(answers.values()) == [1, 2, 3], "not_a_pairing")
    expect(all(answers[name] == term for name, term in truth.items()), "wrong_pair")


@check("vertical", forbids=("sklearn",))
def vertical(learner: Learner) -> None:
    """Compare with exact sums, and with the distances that the loss is not."""
    answer = learner.function("vertical")
    for size in (4, 15):
        w0, w1 = (float(one) for one in learner.rng.uniform(0.5, 2.5, 2))
        x, y = learner.rng.normal(size=(2, size)) * 3
        off = [w0 + w1 * float(a) - float(b) for a, b in zip(x, y, strict=True)]
        truth = fsum(one * one for one in off) / size
        wrong = {
            "distance": fsum(abs(one) for one in off) / size,
            "right_angle": fsum(abs(one) for one in off) / size / (1 + w1**2) ** 0.5,
            "right_angle_squared": truth / (1 + w1**2),
            "sum_not_mean": truth * size,
            "weights_exchanged": fsum((w1 + w0 * a - b) ** 2 for a, b in zip(x, y, strict=True))
            / size,
        }
        close(answer(w0, w1, x, y), truth, rtol=1e-9, mistakes=wrong)
