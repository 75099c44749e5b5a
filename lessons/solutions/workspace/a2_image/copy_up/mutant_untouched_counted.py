# kind: untouched_counted
def copy_up(image: dict[str, int], appends: list[tuple[str, int]]) -> int:
    own: set[str] = set()
    written = sum(image.values())
    for path, size in appends:
        own.add(path)
        written += size
    return written
