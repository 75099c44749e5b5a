# kind: halved
def gradients(model, x, y):
    model.zero_grad()
    (((model(x) - y) ** 2).mean() / 2).backward()
    return [parameter.grad.clone() for parameter in model.parameters()]
