# kind: not_every_parameter
def gradients(model, x, y):
    model.zero_grad()
    ((model(x) - y) ** 2).mean().backward()
    return [model.weight.grad.clone()]
