# kind: wrong_shape
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.edges = torch.nn.Conv2d(1, 12, 3, padding=1)
        self.last = torch.nn.Linear(8, 10)

    def forward(self, x):
        return self.last(torch.relu(self.edges(x)))
