# kind: batch_is_epoch
def epoch_of(update: int, n: int, size: int) -> int:
    return update
