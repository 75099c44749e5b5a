# kind: small_orders
def order(value: float | list) -> int:
    depth, inner = 0, value
    while isinstance(inner, list):
        depth, inner = depth + 1, inner[0]
    return max(depth, 3)
