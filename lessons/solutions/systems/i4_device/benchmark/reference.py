import statistics
import time


def benchmark(work, synchronise, repeats: int) -> float:
    work()
    synchronise()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        synchronise()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
