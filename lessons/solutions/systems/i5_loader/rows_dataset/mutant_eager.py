# kind: eager
import torch
from torch.utils.data import Dataset


class RowsDataset(Dataset):
    def __init__(self, lines: list[str]) -> None:
        self.rows = [line.split(",") for line in lines[1:]]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        *fields, label = self.rows[index]
        return torch.tensor([float(one) for one in fields]), torch.tensor(int(label))
