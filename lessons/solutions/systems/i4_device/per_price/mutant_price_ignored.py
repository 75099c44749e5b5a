# kind: price_ignored
def per_price(flops: float, seconds: float, price: float) -> float:
    return flops / seconds / 1e9
