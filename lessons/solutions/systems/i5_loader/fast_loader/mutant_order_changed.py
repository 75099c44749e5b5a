# kind: order_changed
from torch.utils.data import DataLoader, Dataset


def fast_loader(dataset: Dataset, batch_size: int) -> DataLoader:
    return DataLoader(dataset, batch_size=batch_size, num_workers=2, shuffle=True)
