def tensor_order(nested: object) -> int:
    steps = 0
    while isinstance(nested, list):
        nested = nested[0]
        steps += 1
    return steps
