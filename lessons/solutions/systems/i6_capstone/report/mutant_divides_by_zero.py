# kind: divides_by_zero
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    found = int(((truth == 1) & (guess == 1)).sum())
    precision = found / int((guess == 1).sum())
    recall = found / int((truth == 1).sum())
    return {
        "accuracy": float((truth == guess).mean()),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }
