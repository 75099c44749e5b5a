# kind: unknown_is_last
import torch
from torch import Tensor


def char_onehot(text: str, alphabet: str) -> Tensor:
    rows = torch.zeros(len(text), len(alphabet))
    for number, character in enumerate(text):
        rows[number, alphabet.find(character)] = 1
    return rows
