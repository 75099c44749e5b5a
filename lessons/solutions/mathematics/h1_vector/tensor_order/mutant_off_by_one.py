# kind: off_by_one
def tensor_order(nested: object) -> int:
    steps = 1
    while isinstance(nested, list):
        nested = nested[0]
        steps += 1
    return steps
