"""The figures of the lessons from f to i, each computed in another way than the lesson does."""

import math
import random
import statistics
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.lessons.second_way import (
    area,
    bits,
    dot,
    eigenvalues,
    figures,
    library,
    solve,
    throws_of_yut,
    valley,
)

pytestmark = pytest.mark.lessons

F = Fraction
BOWLS = {
    "positive": (2, 0.6, 1),
    "negative": (-2, 0.6, -1),
    "trough": (1, 1, 1),
    "saddle": (1, 2, 1),
}


def close(given: object, wanted: object, rel: float = 1e-9, absolute: float = 1e-9) -> bool:
    return bool(given == pytest.approx(wanted, rel=rel, abs=absolute))


def numbers(values: list[Fraction]) -> list[float]:
    return [float(one) for one in values]


def test_f1_columns_are_counted_by_choosing_powers() -> None:
    degrees = (1, 2, 3)
    wanted = [math.comb(10 + degree, degree) for degree in degrees]
    assert figures("f1-poly", "three_curves")["columns_of_ten_inputs"] == wanted


def test_f2_ridge_by_its_own_equations() -> None:
    np = library("numpy")
    load_diabetes = library("sklearn.datasets").load_diabetes

    data = load_diabetes(scaled=False)
    x = (data.data - data.data.mean(0)) / data.data.std(0)
    y = data.target - data.target.mean()
    # Rows of alpha's root below the table, with targets of 0, pull the weights to 0.
    lengths = []
    for alpha in (0, 1, 10, 100, 1000):
        below = np.vstack([x, math.sqrt(alpha) * np.eye(x.shape[1])])
        weights, *_ = np.linalg.lstsq(below, np.concatenate([y, np.zeros(x.shape[1])]), rcond=None)
        lengths.append(math.hypot(*weights))
    assert close(figures("f2-ridge", "shrinking")["ridge_lengths"], lengths, rel=1e-6)


def test_f3_skew_from_three_moments() -> None:
    np = library("numpy")
    rentals = library("lessons_generalisation.f3_bike.bike").rentals

    counts = rentals(np.random.default_rng(0))["count"].tolist()
    shown = figures("f3-bike", "long_tail")
    for name, values in (("skew", counts), ("skew_log", [math.log(1 + one) for one in counts])):
        first, second, third = (statistics.fmean([v**n for v in values]) for n in (1, 2, 3))
        variance = second - first**2
        wanted = (third - 3 * first * second + 2 * first**3) / variance**1.5
        assert close(shown[name], wanted, rel=1e-6), name


def test_g1_perceptrons_by_a_loop_of_whole_numbers() -> None:
    # With whole numbers there is no rounding at all.
    def epochs(answers: tuple[int, ...]) -> int | None:
        points = ((0, 0), (0, 1), (1, 0), (1, 1))
        w1 = w2 = b = 0
        for epoch in range(1, 101):
            wrong = 0
            for (x1, x2), answer in zip(points, answers, strict=True):
                gap = answer - (w1 * x1 + w2 * x2 + b >= 0)
                wrong += gap != 0
                w1, w2, b = w1 + gap * x1, w2 + gap * x2, b + gap
            if wrong == 0:
                return epoch
        return None

    shown = figures("g1-perceptron", "three_gates")
    assert shown["and_epochs"] == epochs((0, 0, 0, 1))
    assert shown["or_epochs"] == epochs((0, 1, 1, 1))
    assert epochs((0, 1, 1, 0)) is None
    assert shown["xor_last_mistakes"] > 0


def test_g2_softplus_at_zero_by_integration() -> None:
    shown = figures("g2-activation", "five_curves")
    # Softplus is the area below the sigmoid.
    below = area(lambda x: 1 / (1 + math.exp(-x)), -40, 0)
    assert close(shown["softplus_0"], below, rel=1e-6)
    # Steepest at 0, where sigmoid(x) = 1/2 + tanh(x/2)/2.
    assert close(shown["sigmoid_largest_slope"], (math.tanh(5e-5) / 2) / 1e-4, rel=1e-4)


def test_g4_and_g5_parameters_one_by_one() -> None:
    def weights(units: list[int]) -> int:
        return sum(1 for a, b in pairwise(units) for _ in range((a + 1) * b))

    assert figures("g5-keras", "layers")["parameters"] == weights([64, 64, 10])
    space = figures("g4-digits", "parameter_space")
    assert space["wide"] == weights([784, 128, 10])
    assert space["dimensions"] == weights([64, 10])
    assert close(space["ratio"], numbers([F(100_000, 784), F(9_990_000, 784)]))


def test_h1_lengths_and_angles() -> None:
    assert close(
        figures("h1-vector", "unit_balls")["norms"], [3 + 4, math.dist((0, 0), (3, -4)), 4]
    )
    assert close(figures("h1-vector", "matrices")["frobenius"], math.sqrt(1 + 4 + 9 + 16))
    # The cosine theorem instead of the inner product.
    one, other = (5.1, 3.5, 1.4, 0.2), (7.0, 3.2, 4.7, 1.4)
    a, b, c = math.hypot(*one), math.hypot(*other), math.dist(one, other)
    wanted = (a * a + b * b - c * c) / (2 * a * b)
    assert close(figures("h1-vector", "iris_vectors")["cosines"][1], wanted)


def test_h2_areas_by_the_shoelace() -> None:
    matrices = [((1, 2), (0.5, 1)), ((2, 0), (0.7, 0.5)), ((0, 1), (1, 0)), ((2.5, 0), (1, 2))]
    areas = []
    for (a, b), (c, d) in matrices:
        corners = [(0, 0), (a, c), (a + b, c + d), (b, d), (0, 0)]
        areas.append(sum(x * v - u * y for (x, y), (u, v) in pairwise(corners)) / 2)
    assert close(figures("h2-matrix", "stretched_squares")["determinants"], areas)


def test_h2_a_bowl_bends_as_its_steepest_and_flattest_ways_do() -> None:
    def bends(a: float, b: float, d: float) -> list[float]:
        turns = [math.pi * i / 20_000 for i in range(20_000)]
        ways = [(math.cos(one), math.sin(one)) for one in turns]
        bent = [a * x * x + 2 * b * x * y + d * y * y for x, y in ways]
        return [min(bent), max(bent)]

    shown = figures("h2-matrix", "bowls")
    for name, (a, b, d) in BOWLS.items():
        assert close(shown[name], bends(a, b, d), absolute=1e-6), name


def test_h3_factors_and_roots_of_quadratics() -> None:
    rest, factors = 3717, []
    while rest > 1:
        factors.append(next(d for d in range(2, rest + 1) if rest % d == 0))
        rest //= factors[-1]
    assert figures("h3-eigen-svd", "prime_factors")["factors"] == factors
    assert close(figures("h3-eigen-svd", "own_directions")["stretching"], eigenvalues(2, 1, 2))
    # AᵀA of [[3, 0], [4, 5]] is [[25, 20], [20, 25]].
    squares = eigenvalues(25, 20, 25)
    wanted = [math.sqrt(one) for one in reversed(squares)]
    assert close(figures("h3-eigen-svd", "turn_stretch_turn")["singular"], wanted)


def test_h3_the_first_axis_of_the_flowers_by_powers() -> None:
    load_iris = library("sklearn.datasets").load_iris

    rows = load_iris().data.tolist()
    means = [statistics.fmean(column) for column in zip(*rows, strict=True)]
    rows = [[value - mean for value, mean in zip(row, means, strict=True)] for row in rows]
    way, length = [1.0, 0.5, 0.25, 0.1], 0.0
    for _ in range(60):
        along = [math.fsum(a * b for a, b in zip(row, way, strict=True)) for row in rows]
        way = [math.fsum(a * row[i] for a, row in zip(along, rows, strict=True)) for i in range(4)]
        length = math.hypot(*way)
        way = [one / length for one in way]
    whole = math.fsum(value * value for row in rows for value in row)
    assert close(figures("h3-eigen-svd", "flower_axes")["explained"][0], length / whole)


def test_h4_sticks_moments_and_areas() -> None:
    chances = throws_of_yut()
    assert sum(chances) == 1
    assert close(figures("h4-dist", "yut_throws")["pmf"], numbers(chances))
    load_iris = library("sklearn.datasets").load_iris

    columns = list(zip(*load_iris().data.tolist(), strict=True))
    shown = figures("h4-dist", "random_vector")
    assert close(shown["mean"], [statistics.fmean(one) for one in columns])
    assert close(shown["variances"], [statistics.variance(one) for one in columns])
    peak = figures("h4-dist", "densities")["peak"]
    bell = area(lambda x: math.exp(-(x * x) / (2 * 0.01)), -2, 2)
    assert close(peak, 1 / bell, rel=1e-6)


def test_h5_of_a_million_people() -> None:
    ill = 10_000
    found, alarms = ill * 99 // 100, (1_000_000 - ill) * 5 // 100
    assert close(figures("h5-bayes", "test_result")["exact"], float(F(found, found + alarms)))


def test_h5_flowers_by_distances_from_their_middle() -> None:
    np = library("numpy")
    load_iris = library("sklearn.datasets").load_iris

    data = load_iris()
    for naive, wanted in ((False, "full"), (True, "naive")):
        scores = []
        for species in range(3):
            own = data.data[data.target == species]
            gaps = own - own.mean(0)
            spread = gaps.T @ gaps / len(own)
            spread = np.diag(np.diag(spread)) if naive else spread
            away = data.data - own.mean(0)
            # Half the squared distance in spreads, and half the logarithm of the volume.
            far = np.einsum("ij,ij->i", away, np.linalg.solve(spread, away.T).T)
            scores.append(-(far + np.linalg.slogdet(spread)[1]) / 2)
        right = int((np.argmax(scores, axis=0) == data.target).sum())
        assert figures("h5-bayes", "full_and_naive")[wanted] == right


def test_h6_the_likeliest_coin_by_search() -> None:
    best = valley(lambda p: -(p**7) * (1 - p) ** 3, 0.01, 0.99)
    assert close(figures("h6-mle", "seven_of_ten")["place"], best, absolute=1e-6)
    hill = figures("h6-mle", "bell_hill")
    assert close(hill["by_n_minus_1"] / hill["by_n"], 12 / 11)
    assert close(hill["variance"], hill["by_n"], rel=1e-3)


def test_h7_bits_by_counting_questions() -> None:
    shown = figures("h7-info", "games")
    yut = throws_of_yut()
    assert close(shown["yut"], bits(yut))
    # A die: six equal parts, so as many bits as doublings make six.
    assert close(shown["die"], math.log(6) / math.log(2))
    # Half of entropy by hand: 2·4/16·2 bits + 6/16·log2(16/6) + 2·1/16·4.
    assert close(shown["yut"], 1 + 6 / 16 * math.log2(16 / 6) + 0.5)
    ways = figures("h7-info", "two_directions")
    even = [F(1, 5)] * 5
    assert close(ways["there"], bits(yut, even) - bits(yut))
    assert close(ways["back"], bits(even, yut) - bits(even))
    cross = figures("h7-info", "cross")
    assert close(cross["cross_entropies"][1], math.log2(5))


def test_i1_the_bowl_by_differences() -> None:
    def bowl(w0: Fraction, w1: Fraction) -> Fraction:
        return sum(((w0 + w1 * x - y) ** 2 for x, y in ((0, 0), (1, 1), (1, 2))), F(0))

    one = F(1)
    middle = bowl(F(0), F(0))
    # Second differences of a quadratic are its second derivatives, whatever the step.
    w00 = bowl(one, F(0)) - 2 * middle + bowl(-one, F(0))
    w11 = bowl(F(0), one) - 2 * middle + bowl(F(0), -one)
    w01 = (bowl(one, one) - bowl(one, -one) - bowl(-one, one) + bowl(-one, -one)) / 4
    shown = figures("i1-landscape", "surfaces")
    assert close(shown["hessian"], numbers([w00, w01, w01, w11]), rel=1e-6)
    assert close(shown["eigenvalues"], eigenvalues(float(w00), float(w01), float(w11)), rel=1e-6)


def test_i2_updates_are_counted() -> None:
    whole, parts, single = figures("i2-sgd", "words")["updates"]
    assert (whole, parts, single) == tuple(20 * math.ceil(200 / size) for size in (200, 20, 1))
    spread = figures("i2-sgd", "noise")["spread"]
    # Four times as many rows, half the noise.
    halvings = [a / b for a, b in pairwise(spread)]
    assert all(1.6 < one < 2.4 for one in halvings)


def test_i4_published_speeds_divided_again() -> None:
    times = [("8495.48", "128.62"), ("9849.23", "147.32"), ("6627.25", "103.58")]
    wanted = [round(float(F(cpu) / F(gpu)), 1) for cpu, gpu in times]
    assert figures("i4-device", "published")["speedups"][:3] == pytest.approx(wanted, abs=0.051)


def test_i5_the_timeline_by_a_clock_that_ticks() -> None:
    def busy(prefetch: bool) -> Fraction:
        ready, done, working, clock = 0, 0, 0, 0
        while done < 6 or working:
            clock += 10
            if prefetch:
                ready = min(6, 2 * (clock // 50))
            elif not working and done < 6:
                # Nobody else reads: fifty until the batch is there.
                clock += 40
                ready = done + 1
            if working:
                working -= 10
            if not working and done < ready:
                done, working = done + 1, 30
        return F(6 * 30, clock)

    shown = figures("i5-loader", "timeline")["busy"]
    assert close(shown[0], float(F(30, 30 + 50)))
    assert close(shown[1], float(busy(True)))


def test_i6_the_lowest_gaussian_loss_and_the_table() -> None:
    shown = figures("i6-capstone", "losses")
    # The height of the density at its middle, from its area of 1.
    height = 1 / area(lambda x: math.exp(-((x / 0.1) ** 2) / 2), -2, 2)
    assert close(shown["lowest"], -math.log(height), rel=1e-6)
    load_breast_cancer = library("sklearn.datasets").load_breast_cancer

    names = load_breast_cancer()
    counted = [names.target_names[one] for one in names.target].count("malignant")
    assert figures("i6-capstone", "look_at_the_data")["malignant"] == counted


def test_the_other_ways_agree_with_each_other() -> None:
    chance = random.Random(7)
    matrix = [[F(chance.randint(-9, 9)) for _ in range(3)] for _ in range(3)]
    wanted = [F(2), F(-1), F(3)]
    assert solve(matrix, [dot(row, wanted) for row in matrix]) == wanted
    assert valley(lambda x: (x - 0.3) ** 2, -1, 1) == pytest.approx(0.3, abs=1e-6)
    assert area(lambda x: x * x, 0, 3) == pytest.approx(9)
