# kind: validation_against_target
def recipe(train: float, val: float, target: float, gap: float) -> str:
    if val > target and val - train <= gap or train > target:
        return "bigger model"
    return "more data" if val - train > gap else "done"
