"""Checks of the lesson on computational graphs."""

import torch
from lessons.grading import Learner, check, close


@check("mul", forbids=("torch",))
def mul(learner: Learner) -> None:
    """Two nodes at a time, so that what one remembers must not reach the other."""
    node = learner.function("Mul")
    for _ in range(4):
        values = [float(one) for one in learner.rng.uniform(1.0, 5.0, 5)]
        a, b, c, d, upstream = values
        first, second = node(), node()
        close(first.forward(a, b), a * b, rtol=1e-12, mistakes={"adds": a + b})
        close(second.forward(c, d), c * d, rtol=1e-12)
        for one, left, right in ((first, a, b), (second, c, d)):
            pair = torch.tensor([left, right], dtype=torch.float64, requires_grad=True)
            slopes = torch.autograd.grad(pair.prod() * upstream, pair)[0]
            truth = [float(slope) for slope in slopes]
            wrong = {
                "own_input": truth[::-1],
                "upstream_ignored": [right, left],
                "passed_on": [upstream, upstream],
                "divided": [upstream / right, upstream / left],
                "shared_memory": [upstream * d, upstream * c],
            }
            close(one.backward(upstream), truth, rtol=1e-12, mistakes=wrong)


@check("add", forbids=("torch",))
def add(learner: Learner) -> None:
    """Nudge each input and see how much of it arrives."""
    node = learner.function("Add")
    for _ in range(3):
        a, b, upstream = (float(one) for one in learner.rng.uniform(2.0, 5.0, 3))
        one = node()
        close(one.forward(a, b), a + b, rtol=1e-12, mistakes={"multiplies": a * b})
        slopes = [((a + 0.5 + b) - (a + b)) / 0.5, ((a + (b + 0.5)) - (a + b)) / 0.5]
        truth = [slope * upstream for slope in slopes]
        wrong = {
            "upstream_ignored": [1.0, 1.0],
            "as_for_a_product": [b * upstream, a * upstream],
            "split_in_half": [upstream / 2, upstream / 2],
            "single_number": upstream,
        }
        close(one.backward(upstream), truth, rtol=1e-9, mistakes=wrong)


@check("bill", forbids=("torch",))
def bill(learner: Learner) -> None:
    """Compare with autograd on a random basket."""
    answer = learner.function("bill")
    for _ in range(3):
        values = [float(one) for one in learner.rng.uniform(1.0, 9.0, 5)]
        leaves = [torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in values]
        fruit = leaves[0] * leaves[1] + leaves[2] * leaves[3]
        slopes = [float(one) for one in torch.autograd.grad(fruit * leaves[4], leaves)]
        p, n, q, k, tax = values
        total, got = answer(*values)
        fees = {"tax_forgotten": fruit.item(), "product_for_sum": p * n * q * k * tax}
        close(total, fruit.item() * tax, rtol=1e-9, mistakes=fees)
        wrong = {
            "tax_forgotten": [*(one / tax for one in slopes[:4]), slopes[4]],
            "price_and_count_exchanged": [slopes[1], slopes[0], slopes[3], slopes[2], slopes[4]],
            "tax_as_total": [*slopes[:4], fruit.item() * tax],
            "only_apples_for_tax": [*slopes[:4], p * n],
        }
        close(got, slopes, rtol=1e-9, mistakes=wrong)
