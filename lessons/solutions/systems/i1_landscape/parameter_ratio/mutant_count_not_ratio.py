# kind: count_not_ratio
import itertools


def parameter_ratio(sizes: list[int]) -> float:
    return sum((a + 1) * b for a, b in itertools.pairwise(sizes))
