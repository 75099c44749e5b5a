# kind: not_by_count
from collections import Counter

UNK = "<unk>"


def vocab(texts: list[str], at_least: int) -> dict[str, int]:
    counts = Counter(word for text in texts for word in text.split())
    kept = [word for word, count in counts.items() if count >= at_least]
    kept.sort(key=lambda word: word)
    return {word: number for number, word in enumerate([UNK, *kept])}
