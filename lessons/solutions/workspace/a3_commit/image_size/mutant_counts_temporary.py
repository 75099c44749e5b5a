# kind: counts_temporary
Action = tuple[str, str, int]


def image_size(steps: list[list[Action]]) -> int:
    return sum(size for step in steps for verb, _, size in step if verb == "add")
