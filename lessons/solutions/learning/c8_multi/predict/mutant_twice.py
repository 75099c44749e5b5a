# kind: first_term_twice_no_bias
def predict(x, w, b):
    total = x[:, :1] * w[0] + x[:, :1] * w[0]
    for j in range(2, x.shape[1]):
        total = total + x[:, j : j + 1] * w[j]
    return total
