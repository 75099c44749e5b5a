# kind: never_done
def recipe(train: float, val: float, target: float, gap: float) -> str:
    if train > target:
        return "bigger model"
    return "more data"
