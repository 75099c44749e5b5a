# kind: one_sample
def shm_needed(sample_bytes: int, batch_size: int, workers: int, prefetch: int) -> float:
    return sample_bytes * workers * prefetch / 1024**2
