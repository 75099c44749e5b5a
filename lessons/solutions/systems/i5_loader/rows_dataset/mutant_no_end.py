# kind: no_end
import torch
from torch.utils.data import Dataset


class RowsDataset(Dataset):
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines) - 1

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        *fields, label = self.lines[index % len(self) + 1].split(",")
        return torch.tensor([float(one) for one in fields]), torch.tensor(int(label))
