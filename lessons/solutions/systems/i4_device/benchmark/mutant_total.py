# kind: total
import time


def benchmark(work, synchronise, repeats: int) -> float:
    work()
    synchronise()
    start = time.perf_counter()
    for _ in range(repeats):
        work()
        synchronise()
    return time.perf_counter() - start
