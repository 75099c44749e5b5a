# kind: leak
def standardize(train, new):
    return (new - new.mean(axis=0)) / new.std(axis=0)
