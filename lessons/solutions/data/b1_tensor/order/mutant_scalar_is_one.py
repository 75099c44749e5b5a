# kind: scalar_is_one
def order(value: float | list) -> int:
    return 1 + order(value[0]) if isinstance(value, list) else 1
