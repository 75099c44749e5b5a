# kind: shares_hours
def time_split(examples: int, width: int, share: float) -> tuple[list[int], list[int]]:
    cut = int(share * examples)
    return list(range(cut)), list(range(cut + width - 1, examples))
