# kind: parameter_count
import torch


def make_model(hidden: list[int], seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    model, width = torch.nn.Sequential(), 2
    for size in hidden[:1]:
        model.append(torch.nn.Linear(width, size))
        model.append(torch.nn.ReLU())
        width = size
    model.append(torch.nn.Linear(width, 1))
    return model
