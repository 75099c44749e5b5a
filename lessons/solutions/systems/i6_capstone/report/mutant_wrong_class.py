# kind: wrong_class
import numpy as np


def report(truth: np.ndarray, guess: np.ndarray) -> dict[str, float]:
    found = int(((truth == 0) & (guess == 0)).sum())
    alarms, ill = int((guess == 0).sum()), int((truth == 0).sum())
    return {
        "accuracy": float((truth == guess).mean()),
        "precision": found / alarms if alarms else 0.0,
        "recall": found / ill if ill else 0.0,
        "f1": 2 * found / (alarms + ill) if alarms + ill else 0.0,
    }
