# kind: shuffled
import random


def time_split(examples: int, width: int, share: float) -> tuple[list[int], list[int]]:
    order = random.Random(0).sample(range(examples), examples)
    cut = int(share * examples)
    return order[:cut], order[cut:]
