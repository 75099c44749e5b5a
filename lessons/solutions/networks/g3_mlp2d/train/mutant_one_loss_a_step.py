# kind: one_loss_a_step
import torch


def train(
    model: torch.nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    steps: int,
) -> list[float]:
    loss_of, losses = torch.nn.BCEWithLogitsLoss(), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model(x).squeeze(1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses[-1:]
