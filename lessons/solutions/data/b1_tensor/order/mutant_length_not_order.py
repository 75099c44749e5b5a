# kind: length_not_order
def order(value: float | list) -> int:
    return len(value) if isinstance(value, list) else 0
