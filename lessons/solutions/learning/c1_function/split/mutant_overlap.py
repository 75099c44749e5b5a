# kind: overlap
def split(n, test_share, rng):
    size = round(n * test_share)
    return rng.permutation(n)[: n - size], rng.permutation(n)[:size]
