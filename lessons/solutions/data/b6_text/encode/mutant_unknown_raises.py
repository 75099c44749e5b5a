# kind: unknown_raises
import unicodedata

UNK = "<unk>"


def encode(text: str, numbers: dict[str, int]) -> list[int]:
    words = unicodedata.normalize("NFC", text).split()
    return [numbers[word] for word in words]


def decode(codes: list[int], numbers: dict[str, int]) -> str:
    words = {number: word for word, number in numbers.items()}
    return " ".join(words[code] for code in codes)
