# kind: band
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.edges = torch.nn.Conv2d(1, 4, 3, padding=1)
        self.last = torch.nn.Linear(4, 10)

    def forward(self, x):
        # A mean over the whole picture forgets where anything was.
        return self.last(torch.relu(self.edges(x)).mean((2, 3)))
