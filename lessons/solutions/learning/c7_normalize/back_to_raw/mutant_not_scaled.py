# kind: mean_not_scaled
def back_to_raw(v, c, mean, std):
    return v / std, c - float(v @ mean)
