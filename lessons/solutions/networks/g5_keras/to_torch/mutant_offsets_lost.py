# kind: offsets_lost
import torch


def to_torch(model):
    parts = []
    for layer in model.layers:
        kernel, offsets = layer.get_weights()
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data = torch.tensor(kernel.T)
        linear.bias.data.zero_()
        parts.append(linear)
        if layer.activation.__name__ == "relu":
            parts.append(torch.nn.ReLU())
    return torch.nn.Sequential(*parts)
