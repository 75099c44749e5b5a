# kind: chance
def swap(labels, guesses):
    return 0.5
