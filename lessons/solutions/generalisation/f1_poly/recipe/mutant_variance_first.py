# kind: variance_first
def recipe(train, val, target, gap):
    if val - train > gap:
        return "more data"
    return "bigger model" if train > target else "done"
