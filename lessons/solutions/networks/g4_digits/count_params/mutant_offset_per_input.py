# kind: offset_per_input
def count_params(sizes):
    return sum(a * b + a for a, b in zip(sizes, sizes[1:]))
