"""The lessons' figures once more, each computed in another way than the lesson computes it."""

import datetime
import math
import statistics
import unicodedata
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.lessons.second_way import (
    dot,
    eigenvalues,
    exact,
    figures,
    least_squares,
    library,
    valley,
)

pytestmark = pytest.mark.lessons

F = Fraction
STUDENTS = [
    ([73, 80, 75], 152),
    ([93, 88, 93], 185),
    ([89, 91, 90], 180),
    ([96, 98, 100], 196),
    ([73, 66, 70], 142),
]
# The bowl of the three points (0, 0), (1, 1), (1, 2): half of it has these slopes.
SLOPES = [[F(6), F(4)], [F(4), F(4)]]


def close(given: object, wanted: object, rel: float = 1e-9, absolute: float = 1e-9) -> bool:
    return bool(given == pytest.approx(wanted, rel=rel, abs=absolute))


def numbers(values: list[Fraction]) -> list[float]:
    return [float(one) for one in values]


def test_a2_two_thousand_million_a_week_is_so_many_a_second() -> None:
    week = datetime.timedelta(weeks=1) // datetime.timedelta(seconds=1)
    assert close(figures("a2-image", "google_week")["per_second"], float(F(2 * 10**9, week)))


def test_a4_shared_memory_counts_bytes() -> None:
    picture = sum(4 for _ in range(3 * 224)) * 224
    wanted = float(F(64 * picture, 1024 * 1024))
    assert close(figures("a4-run", "shared_memory")["batch_of_64"], wanted)


def test_b1_the_times_table_is_a_square() -> None:
    assert figures("b1-tensor", "times_table")["sum"] == sum(range(10)) ** 2


def test_b4_the_columns_of_the_wine() -> None:
    load_wine = library("sklearn.datasets").load_wine

    data = load_wine()
    columns = list(zip(*data.data.tolist(), strict=True))
    chosen = [columns[data.feature_names.index(name)] for name in ("hue", "proline")]
    shown = figures("b4-table", "columns")
    assert close(shown["mean"], [statistics.fmean(one) for one in chosen])
    assert close(shown["deviation"], [statistics.pstdev(one) for one in chosen])


def test_b6_the_syllables_of_hangul_counted_one_by_one() -> None:
    names = (unicodedata.name(chr(code), "") for code in range(0xAC00, 0xD7B0))
    wanted = sum(name.startswith("HANGUL SYLLABLE") for name in names)
    assert figures("b6-text", "syllables")["syllables"] == wanted


def test_b7_a_day_on_the_calendar() -> None:
    day = datetime.date(2024, 3, 2) - datetime.date(2024, 3, 1)
    assert figures("b7-tools", "seconds")["value"] == day.total_seconds()


def test_c1_the_two_quadratics_by_horner() -> None:
    a, b, c = exact([1.7, -1.2, 1.6])
    shown = figures("c1-function", "family")
    assert close(shown["descending"], float((a * 10 + b) * 10 + c))
    assert close(shown["ascending"], float((c * 10 + b) * 10 + a))


def test_c2_the_table_on_fractions() -> None:
    costs = [sum((F((w - 2) * x) ** 2 for x in (1, 2, 3)), F(0)) / 3 for w in range(5)]
    shown = figures("c2-mse", "mse_table")
    assert close(shown["mse"], numbers(costs))
    assert shown["points_after_4_hours"] == 2 * 4
    identity = [sum((F((w - 1) * x) ** 2 for x in (1, 2, 3)), F(0)) / 3 for w in range(3)]
    assert close(figures("c2-mse", "loss_curve")["identity_costs"], numbers(identity))


def test_c3_by_completing_the_square_and_by_cramer() -> None:
    # w² + 2w + 3 = (w + 1)² + 2.
    shown = figures("c3-lsq", "one_knob")
    assert close([shown["w"], shown["error"]], [-1, 2])
    det = SLOPES[0][0] * SLOPES[1][1] - SLOPES[0][1] * SLOPES[1][0]
    best = [
        (6 * SLOPES[1][1] - 6 * SLOPES[0][1]) / det,
        (6 * SLOPES[0][0] - 6 * SLOPES[1][0]) / det,
    ]
    errors = [best[0] + best[1] * x - y for x, y in ((0, 0), (1, 1), (1, 2))]
    shown = figures("c3-lsq", "two_knobs")
    assert close(shown["best"], numbers(best))
    assert close(shown["least"], float(sum(one * one for one in errors)))


def test_c4_the_slope_of_e_by_its_series() -> None:
    heights = [sum((F(x) ** n / math.factorial(n) for n in range(25)), F(0)) for x in (-1, 0, 1)]
    assert close(figures("c4-derivative", "own_slope")["heights"], numbers(heights), rel=1e-12)
    assert close(figures("c4-derivative", "own_slope")["slopes"], numbers(heights), rel=1e-7)


def test_c5_a_hundred_steps_on_fractions() -> None:
    w0, w1 = F(1), F(1)
    shown = figures("c5-gd", "walk")
    for step in range(1, 101):
        w0, w1 = w0 - (6 * w0 + 4 * w1 - 6) / 10, w1 - (4 * w0 + 4 * w1 - 6) / 10
        if f"w0_step_{step}" in shown:
            assert close(shown[f"w0_step_{step}"], float(w0), absolute=1e-12), step
            assert close(shown[f"w1_step_{step}"], float(w1), absolute=1e-12), step
    assert close(shown["gap"], math.hypot(float(w0), float(w1) - 1.5))


def test_c5_training_in_closed_form() -> None:
    # Each step multiplies the distance from 2 by 1 - rate · 28/3.
    losses = figures("c5-gd", "train_hours")["loss"]
    ratios = [b / a for a, b in pairwise(losses) if a > 1e-9]
    assert max(ratios) - min(ratios) < 1e-6
    assert close(losses[0], 14 / 3 * 4)


def test_c6_the_rate_at_which_a_step_lands_as_far_on_the_other_side() -> None:
    curvature = F(2 * (1 + 4 + 9), 3)
    shown = figures("c6-lr", "cliff")
    assert close([shown["critical"], shown["measured"]], [float(2 / curvature)] * 2)
    low, high = eigenvalues(6, 4, 4)
    two = figures("c6-lr", "two_weights")
    assert close(two["curvatures"], [low, high])
    assert close(two["surface_critical"], 2 / high)


def test_c8_five_students_on_fractions() -> None:
    shown = figures("c8-multi", "five_students")
    targets = [F(y) for _, y in STUDENTS]
    plain = [[F(x) for x in row] for row, _ in STUDENTS]
    weights, loss = least_squares(plain, targets)
    assert close(shown["without_weights"], numbers(weights), rel=1e-7)
    assert close(shown["without_mse"], float(loss), rel=1e-7)
    weights, loss = least_squares([[*row, F(1)] for row in plain], targets)
    assert close([*shown["with_weights"], shown["with_bias"]], numbers(weights), rel=1e-7)
    assert close(shown["with_mse"], float(loss), rel=1e-7)


def test_c8_the_steepest_direction_by_walking_into_it() -> None:
    rows = [[float(x) for x in row] for row, _ in STUDENTS]
    way = [1.0, 1.0, 1.0]
    steepest = 0.0
    for _ in range(100):
        along = [math.fsum(a * b for a, b in zip(row, way, strict=True)) for row in rows]
        way = [math.fsum(a * row[i] for a, row in zip(along, rows, strict=True)) for i in range(3)]
        steepest = math.hypot(*way)
        way = [one / steepest for one in way]
    shown = figures("c8-multi", "five_students")["critical_lr"]
    assert close(shown, 2 / (2 * steepest / len(rows)), rel=1e-9)
    row = exact([1, 1, 2, 1])
    assert figures("c8-multi", "shapes")["row"] == dot(row, exact([1, -1, 1, -1]))
    assert figures("c8-multi", "shapes")["garbled"] == sum(row)


def test_d1_the_shop_on_fractions() -> None:
    price, count, tax = F(100), F(2), F(11, 10)
    shown = figures("d1-graph", "two_apples")
    assert close(shown["total"], float(price * count * tax))
    # A product is linear in each factor: what one unit more adds is the slope.
    more = [
        (price + 1) * count * tax,
        price * (count + 1) * tax,
        price * count * (tax + 1),
    ]
    assert close(shown["slopes"], [float(one - price * count * tax) for one in more])

    def total(apples: Fraction, apple: Fraction, oranges: Fraction, orange: Fraction) -> Fraction:
        return (apples * apple + oranges * orange) * tax

    start = (F(2), F(100), F(3), F(150))
    mixed = figures("d1-graph", "apples_and_oranges")
    assert close(mixed["mixed_total"], float(total(*start)))
    added = [
        total(*(one + (place == changed) for place, one in enumerate(start))) - total(*start)
        for changed in (1, 0, 3, 2)
    ]
    by_tax = total(*start) / tax
    assert close(mixed["mixed_slopes"], numbers([*added, by_tax]))


def test_d2_the_square_of_a_sum_expanded() -> None:
    # (x + y)² = x² + 2xy + y², term by term.
    x, y = 1, 2
    assert close(figures("d2-chain", "square_of_sum")["slope"], 2 * x + 2 * y)


def test_d3_one_example_by_a_symmetric_difference_of_a_square() -> None:
    # The loss is quadratic in w, so a central difference is its slope exactly.
    def loss(w: Fraction) -> Fraction:
        return (w * 1 - 2) ** 2

    slope = (loss(F(3, 2)) - loss(F(1, 2))) / 1
    assert close(
        figures("d3-backprop", "one_example")["guess_loss_slope"],
        [1, float(loss(F(1))), float(slope)],
    )


def test_e1_steps_without_torch() -> None:
    shown = figures("e1-logistic", "passing_after_steps")
    w = b = 0.0
    for step in range(1, 10_001):
        gaps = [1 / (1 + math.exp(-(w * x + b))) - y for x, y in ((1, 0), (2, 0), (3, 1))]
        w -= 0.1 * math.fsum(gap * x for gap, x in zip(gaps, (1, 2, 3), strict=True)) / 3
        b -= 0.1 * math.fsum(gaps) / 3
        if step in (100, 1000, 10_000):
            assert close(shown[f"p4_at_{step}"], 1 / (1 + math.exp(-(4 * w + b))), rel=1e-8)


def test_e1_the_priced_weight_by_search() -> None:
    data = ((1.0, -1), (2.0, -1), (3.0, 1))

    def cost(w: float, b: float, strength: float) -> float:
        return w * w / 2 + strength * sum(math.log1p(math.exp(-s * (w * x + b))) for x, s in data)

    def offset(w: float, strength: float) -> float:
        return valley(lambda b: cost(w, b, strength), -30, 5)

    def weight(strength: float) -> float:
        return valley(lambda w: cost(w, offset(w, strength), strength), 0, 10)

    shown = figures("e1-logistic", "held_back")
    for strength in (1, 10):
        w = weight(strength)
        b = offset(w, strength)
        assert close(shown[f"p4_c{strength}"], 1 / (1 + math.exp(-(4 * w + b))), rel=1e-4)
        assert close(shown[f"boundary_c{strength}"], -b / w, rel=1e-4)
    # Which score has a share of 0.7? Search instead of the logarithm.
    score = valley(lambda z: abs(1 / (1 + math.exp(-z)) - 0.7), 0, 3)
    assert close(shown["score_of_70"], score, rel=1e-6)


def test_e2_brackets_by_products_of_chances() -> None:
    # What is meant is the logarithm of the chance of all five answers together.
    chance = 0.7 * 0.9 * 0.7 * 0.8 * 0.55
    shown = figures("e2-bce", "lost_brackets")
    assert close(shown["meant"], -math.log(chance) / 5)
    ones, zeros = math.log(0.7 * 0.8), math.log(0.9 * 0.7 * 0.55)
    assert close(shown["minus_lost"], (zeros - ones) / 5)
    assert close(shown["sum_lost"], zeros - ones / 5)


def test_e3_shares_by_counting_up_the_others() -> None:
    def share(scores: tuple[float, ...], place: int) -> float:
        # One over the sum of how much larger the others are.
        return 1 / math.fsum(math.exp(other - scores[place]) for other in scores)

    scores = (2.0, 1.0, 0.1)
    shares = tuple(share(scores, place) for place in range(3))
    assert close(figures("e3-softmax", "shares")["flower"], list(shares))
    squashed = figures("e3-softmax", "squashed_twice")
    assert close(squashed["flower_price"], math.log(1 / shares[0]))
    assert close(squashed["flower_price_twice"], -math.log(share(shares, 0)))
    # At best a softmax of shares has 1, 0, 0 to work with.
    assert close(squashed["floor"], -math.log(share((1.0, 0.0, 0.0), 0)))
