# kind: arithmetic_f1
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    found = int(((truth == 1) & (guess == 1)).sum())
    alarms, ill = int((guess == 1).sum()), int((truth == 1).sum())
    precision, recall = found / alarms if alarms else 0.0, found / ill if ill else 0.0
    return {
        "accuracy": float((truth == guess).mean()),
        "precision": precision,
        "recall": recall,
        "f1": (precision + recall) / 2,
    }
