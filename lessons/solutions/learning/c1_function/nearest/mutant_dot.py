# kind: dot_product
def nearest(examples, labels, x):
    return labels[(examples @ x).argmax()]
