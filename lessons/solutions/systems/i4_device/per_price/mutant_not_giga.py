# kind: not_giga
def per_price(flops: float, seconds: float, price: float) -> float:
    return flops / seconds / price
