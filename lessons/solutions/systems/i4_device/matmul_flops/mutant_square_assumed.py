# kind: square_assumed
def matmul_flops(n: int, k: int, m: int) -> int:
    return 2 * n**3
