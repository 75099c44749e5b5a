# kind: inverted
def predict(x, w, b):
    return (x @ w + b <= 0).astype(int)
