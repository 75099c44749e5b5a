# kind: neurons_only
def parameter_ratio(sizes: list[int]) -> float:
    return sum(sizes[1:]) / sizes[0]
