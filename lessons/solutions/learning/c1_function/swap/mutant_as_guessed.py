# kind: as_guessed
def swap(labels, guesses):
    return sum(a == b for a, b in zip(labels, guesses)) / len(labels)
