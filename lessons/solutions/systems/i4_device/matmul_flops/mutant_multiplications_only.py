# kind: multiplications_only
def matmul_flops(n: int, k: int, m: int) -> int:
    return n * k * m
