# kind: precision_recall_swapped
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    found = int(((truth == 1) & (guess == 1)).sum())
    alarms, ill = int((guess == 1).sum()), int((truth == 1).sum())
    return {
        "accuracy": float((truth == guess).mean()),
        "precision": found / ill if ill else 0.0,
        "recall": found / alarms if alarms else 0.0,
        "f1": 2 * found / (alarms + ill) if alarms + ill else 0.0,
    }
