# kind: memory_kept
def survivors(paths: set[str], mounts: dict[str, str], committed: bool) -> set[str]:
    left = set()
    for path in paths:
        above = [folder for folder in mounts if path.startswith(folder + "/")]
        kind = mounts[max(above, key=len)] if above else "own"
        if kind in ("bind", "volume", "tmpfs") or (kind == "own" and committed):
            left.add(path)
    return left
