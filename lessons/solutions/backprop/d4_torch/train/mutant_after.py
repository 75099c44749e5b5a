# kind: measured_after
import torch


def train(model, x, y, rate, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        optimizer.step()
        losses.append(((model(x) - y) ** 2).mean().item())
    return losses
