# kind: sample_deviation
def standardize(train, new):
    return (new - train.mean(axis=0)) / train.std(axis=0, ddof=1)
