# kind: relu_at_the_end
import torch


def to_torch(model):
    parts = []
    for layer in model.layers:
        kernel, offsets = layer.get_weights()
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data = torch.tensor(kernel.T)
        linear.bias.data = torch.tensor(offsets)
        parts.append(linear)
        parts.append(torch.nn.ReLU())
    return torch.nn.Sequential(*parts)
