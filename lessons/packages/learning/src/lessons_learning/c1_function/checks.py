"""Checks of the lesson on models as functions."""

from collections import Counter

import numpy as np
from lessons.grading import Learner, check, close, expect, fail


@check("predict")
def predict(learner: Learner) -> None:
    """Compare with sums taken one example at a time, also exactly on the boundary."""
    answer = learner.function("predict")
    for n, d in ((40, 3), (25, 5)):
        x, w = learner.rng.normal(size=(n, d)), learner.rng.normal(size=d)
        b = float(learner.rng.normal())
        sums = [sum(float(u) * float(v) for u, v in zip(row, w, strict=True)) for row in x]
        wrong = {
            "inverted": [int(total + b <= 0) for total in sums],
            "no_bias": [int(total > 0) for total in sums],
            "bias_sign": [int(total - b > 0) for total in sums],
            "not_a_label": [total + b for total in sums],
            "minus_one": [1 if total + b > 0 else -1 for total in sums],
        }
        close(answer(x, w, b), [int(total + b > 0) for total in sums], mistakes=wrong)
    # Whole numbers: the sum is zero exactly, and zero is not above zero.
    on_the_edge = answer(np.array([[2.0, -1.0]]), np.array([1.0, 2.0]), 0.0)
    close(on_the_edge, [0], mistakes={"edge": [1]})


@check("split")
def split(learner: Learner) -> None:
    """Every number in exactly one part, the sizes asked for, and a new order for a new seed."""
    answer = learner.function("split")
    for n, share in ((10, 0.3), (57, 0.2), (8, 0.5)):
        seed = int(learner.rng.integers(2**31))
        train, test = (
            np.asarray(part).tolist() for part in answer(n, share, np.random.default_rng(seed))
        )
        expect(not set(train) & set(test), "overlap")
        expect(len(set(train)) == len(train) and len(set(test)) == len(test), "drawn_twice")
        expect(set(train) | set(test) <= set(range(n)), "out_of_range")
        expect(set(train) | set(test) == set(range(n)), "lost")
        expect(not (len(train) == round(n * share) != len(test)), "parts_exchanged")
        expect(len(test) == round(n * share), "wrong_size")
    draws = [answer(40, 0.5, np.random.default_rng(seed))[1] for seed in (1, 1, 2, 3)]
    ordered = [tuple(sorted(np.asarray(draw).tolist())) for draw in draws]
    expect(len(set(ordered[1:])) > 1, "not_random")
    expect(ordered[0] == ordered[1], "other_randomness")


@check("accuracy", forbids=("sklearn",))
def accuracy(learner: Learner) -> None:
    """Compare with counted pairs; none, all and empty are cases of their own."""
    answer = learner.function("accuracy")
    for size in (7, 30, 1):
        labels, guesses = learner.rng.integers(0, 3, (2, size))
        pairs = Counter(a == b for a, b in zip(labels.tolist(), guesses.tolist(), strict=True))
        wrong = {
            "count": pairs[True] if size > 1 else None,
            "errors": pairs[False] / size if pairs[True] != pairs[False] else None,
            "percent": 100 * pairs[True] / size if pairs[True] else None,
        }
        close(answer(labels, guesses), pairs[True] / size, mistakes=wrong)
    close(answer(np.array([0, 1]), np.array([1, 0])), 0.0)
    close(answer(np.array([0, 1]), np.array([0, 1])), 1.0)
    for labels, guesses, kind in (
        (np.array([]), np.array([]), "empty"),
        (np.array([1, 0, 1]), np.array([1]), "lengths"),
    ):
        _refuses(answer, labels, guesses, kind)


def _refuses(answer: object, labels: object, guesses: object, kind: str) -> None:
    try:
        answer(labels, guesses)  # type: ignore[operator]
    except ValueError:
        return
    except ZeroDivisionError:
        fail(kind)
    fail(kind)


@check("swap")
def swap(learner: Learner) -> None:
    """Try both readings of the answers and keep the better one."""
    answer = learner.function("swap")
    for right in (3, 17, 12, 20, 0, 10):
        labels = learner.rng.integers(0, 2, 20)
        hit = learner.rng.permutation(20) < right
        guesses = np.where(hit, labels, 1 - labels)
        names = np.array([[0, 1], [1, 0]])
        readings = [float((name[guesses] == labels).mean()) for name in names]
        wrong = {"as_guessed": readings[0], "always_exchanged": readings[1], "chance": 0.5}
        close(answer(labels.tolist(), guesses.tolist()), max(readings), mistakes=wrong)


@check("nearest", forbids=("sklearn",))
def nearest(learner: Learner) -> None:
    """Labels are all different, so the label tells which example was chosen."""
    answer = learner.function("nearest")
    for n, d in ((12, 2), (30, 4), (9, 3)):
        telling = False
        while not telling:  # draw until every likely mistake picks another example
            examples = learner.rng.normal(size=(n, d)) * 10.0 ** learner.rng.integers(0, 2, d)
            x = learner.rng.normal(size=d) * 3
            far = {one: float(np.linalg.norm(x - row)) for one, row in enumerate(examples)}
            chosen, farthest = min(far, key=far.__getitem__), max(far, key=far.__getitem__)
            signed = int((examples - x).sum(axis=1).argmin())
            alike = int((examples @ x).argmax())
            telling = len({chosen, farthest, signed, alike}) == 4
        labels = learner.rng.permutation(n) + 100
        wrong = {
            "index_not_label": chosen,
            "farthest": labels[farthest],
            "signed_distance": labels[signed],
            "dot_product": labels[alike],
        }
        close(answer(examples, labels, x), labels[chosen], mistakes=wrong)


@check("reading")
def reading(learner: Learner) -> None:
    """Evaluate the parabola by Horner's rule in both orders."""
    answers = learner.value("answers")
    weights = (1.7, -1.2, 1.6)
    values = []
    for order in (reversed(weights), weights):
        total = 0.0
        for weight in order:
            total = total * 10.0 + weight
        values.append(total)
    up, down = values
    close(answers["ascending"], up, mistakes={"orders_exchanged": down, "trusted": 5.0})
    close(answers["descending"], down, mistakes={"orders_exchanged": up, "trusted": 5.0})
    expect(not isinstance(answers["cat_label"], str), "letter")
    close(answers["cat_label"], 0, mistakes={"label_of_dog": 1})
    expect(str(answers["output"]).strip().lower() == "prediction", "expectation")
