# kind: probabilities_not_scores
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.edges = torch.nn.Conv2d(1, 12, 3, padding=1)
        self.last = torch.nn.Linear(12 * 16, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.edges(x)), 2)
        return torch.log_softmax(self.last(x.flatten(1)), 1)
