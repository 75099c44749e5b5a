# kind: parts_exchanged
def split(n, test_share, rng):
    order = rng.permutation(n)
    size = round(n * test_share)
    return order[:size], order[size:]
