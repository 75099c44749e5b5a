# kind: unknown_dropped
import torch
from torch import Tensor


def char_onehot(text: str, alphabet: str) -> Tensor:
    text = "".join(c for c in text if c in alphabet)
    rows = torch.zeros(len(text), len(alphabet))
    for number, character in enumerate(text):
        if character in alphabet:
            rows[number, alphabet.index(character)] = 1
    return rows
