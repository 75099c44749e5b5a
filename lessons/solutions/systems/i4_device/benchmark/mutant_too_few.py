# kind: too_few
import time


def benchmark(work, synchronise, repeats: int) -> float:
    work()
    synchronise()
    start = time.perf_counter()
    work()
    synchronise()
    return time.perf_counter() - start
