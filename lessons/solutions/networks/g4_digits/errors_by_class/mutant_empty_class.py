# kind: empty_class
import numpy as np


def errors_by_class(truth, guess, classes):
    shown = np.bincount(truth, minlength=classes)
    wrong = np.bincount(truth[truth != guess], minlength=classes)
    return wrong / shown
