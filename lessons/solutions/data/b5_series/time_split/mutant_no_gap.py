# kind: no_gap
def time_split(examples: int, width: int, share: float) -> tuple[list[int], list[int]]:
    cut = int(share * examples)
    return list(range(cut)), list(range(cut, examples))
