# kind: drop_ignored
def updates_per_epoch(n: int, size: int, drop_last: bool) -> int:
    return -(-n // size)
