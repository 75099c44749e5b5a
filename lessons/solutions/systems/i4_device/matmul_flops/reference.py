def matmul_flops(n: int, k: int, m: int) -> int:
    return 2 * n * k * m
