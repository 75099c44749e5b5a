def split(n, test_share, rng):
    order = rng.permutation(n)
    cut = round(n * test_share)
    return order[cut:], order[:cut]
