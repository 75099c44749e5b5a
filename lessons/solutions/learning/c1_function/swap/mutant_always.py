# kind: always_exchanged
def swap(labels, guesses):
    return sum(a != b for a, b in zip(labels, guesses)) / len(labels)
