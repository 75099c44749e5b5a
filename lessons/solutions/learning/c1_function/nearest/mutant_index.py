# kind: index_not_label
def nearest(examples, labels, x):
    return int(((examples - x) ** 2).sum(axis=1).argmin())
