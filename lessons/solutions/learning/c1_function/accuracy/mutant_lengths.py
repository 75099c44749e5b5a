# kind: lengths
def accuracy(labels, guesses):
    if len(labels) == 0:
        raise ValueError("no labels")
    return sum(a == b for a, b in zip(labels, guesses)) / len(labels)
