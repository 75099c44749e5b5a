# kind: no_offsets
def count_params(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:]))
