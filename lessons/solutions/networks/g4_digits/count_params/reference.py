def count_params(sizes):
    return sum(a * b + b for a, b in zip(sizes, sizes[1:]))
