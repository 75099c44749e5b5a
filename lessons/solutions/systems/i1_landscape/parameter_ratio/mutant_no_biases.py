# kind: no_biases
import itertools


def parameter_ratio(sizes: list[int]) -> float:
    return sum(a * b for a, b in itertools.pairwise(sizes)) / sizes[0]
