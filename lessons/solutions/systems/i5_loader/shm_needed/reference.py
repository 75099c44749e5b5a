def shm_needed(sample_bytes: int, batch_size: int, workers: int, prefetch: int) -> float:
    return sample_bytes * batch_size * workers * prefetch / 1024**2
