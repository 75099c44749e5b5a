# kind: last_layer_lost
def count_params(sizes):
    total = sizes[0] * sizes[1] + sizes[1]
    for i in range(1, len(sizes) - 2):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return total
