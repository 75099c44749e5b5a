def updates_per_epoch(n: int, size: int, drop_last: bool) -> int:
    return n // size if drop_last else -(-n // size)
