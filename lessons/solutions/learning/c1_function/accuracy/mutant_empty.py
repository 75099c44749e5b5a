# kind: empty
def accuracy(labels, guesses):
    return sum(a == b for a, b in zip(labels, guesses)) / len(labels)
