def swap(labels, guesses):
    right = sum(a == b for a, b in zip(labels, guesses, strict=True)) / len(labels)
    return max(right, 1 - right)
