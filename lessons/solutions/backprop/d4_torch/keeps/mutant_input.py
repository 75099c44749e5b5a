# kind: input_changed
def keeps(f, x):
    result = f(x.requires_grad_())
    result.add_(1)
    try:
        result.sum().backward()
    except RuntimeError:
        return True
    return False
