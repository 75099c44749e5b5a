# kind: counts_elements
def tensor_order(nested: object) -> int:
    if not isinstance(nested, list):
        return 1
    return sum(tensor_order(part) for part in nested)
