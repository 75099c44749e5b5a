# kind: looks_at_test
import numpy as np
from sklearn.linear_model import LogisticRegression


def pipeline(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    train = (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)
    test = (x_test - x_test.mean(axis=0)) / x_test.std(axis=0)
    return LogisticRegression(max_iter=1000).fit(train, y_train).predict(test)
