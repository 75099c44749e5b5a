# kind: units_not_weights
def count_params(sizes):
    return sum(sizes)
