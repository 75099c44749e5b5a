# kind: bias_per_feature
def predict(x, w, b):
    return (x * w[:, 0] + b).sum(axis=1, keepdims=True)
