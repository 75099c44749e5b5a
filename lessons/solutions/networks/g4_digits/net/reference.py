import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.edges = torch.nn.Conv2d(1, 12, 3, padding=1)
        self.parts = torch.nn.Conv2d(12, 24, 3, padding=1)
        self.last = torch.nn.Linear(24 * 4, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.edges(x)), 2)
        x = torch.max_pool2d(torch.relu(self.parts(x)), 2)
        return self.last(x.flatten(1))
