# kind: batch_size_ignored
from torch.utils.data import DataLoader, Dataset


def fast_loader(dataset: Dataset, batch_size: int) -> DataLoader:
    return DataLoader(dataset, num_workers=2)
