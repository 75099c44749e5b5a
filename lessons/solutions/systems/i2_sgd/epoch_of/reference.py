def epoch_of(update: int, n: int, size: int) -> int:
    return update // -(-n // size)
