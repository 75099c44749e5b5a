# kind: turned
import torch
from torch import Tensor


def char_onehot(text: str, alphabet: str) -> Tensor:
    rows = torch.zeros(len(text), len(alphabet))
    for number, character in enumerate(text):
        if character in alphabet:
            rows[number, alphabet.index(character)] = 1
    return rows.T
