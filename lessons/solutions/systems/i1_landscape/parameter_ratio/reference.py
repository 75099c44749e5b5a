import itertools


def parameter_ratio(sizes: list[int]) -> float:
    total = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    return total / sizes[0]
