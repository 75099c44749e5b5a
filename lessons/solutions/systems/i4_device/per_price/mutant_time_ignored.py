# kind: time_ignored
def per_price(flops: float, seconds: float, price: float) -> float:
    return flops / 1e9 / price
