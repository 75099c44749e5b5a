# kind: no_sync
import statistics
import time


def benchmark(work, synchronise, repeats: int) -> float:
    work()
    synchronise()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    synchronise()
    return statistics.median(times)
