# kind: signed_distance
def nearest(examples, labels, x):
    return labels[(examples - x).sum(axis=1).argmin()]
