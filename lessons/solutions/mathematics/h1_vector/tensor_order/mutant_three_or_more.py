# kind: three_or_more
def tensor_order(nested: object) -> int | None:
    steps = 0
    while isinstance(nested, list):
        nested = nested[0]
        steps += 1
    return steps if steps >= 3 else None
