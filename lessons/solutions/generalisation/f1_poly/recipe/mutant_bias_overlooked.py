# kind: bias_overlooked
def recipe(train: float, val: float, target: float, gap: float) -> str:
    if val - train > 2 * target + gap + train:
        return "bigger model"
    return "more data" if val - train > gap else "done"
