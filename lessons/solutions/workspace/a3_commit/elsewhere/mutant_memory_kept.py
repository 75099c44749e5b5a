# kind: memory_kept
def elsewhere(paths: set[str], mounts: dict[str, str]) -> set[str]:
    def own(path: str) -> bool:
        above = [folder for folder in mounts if path.startswith(folder + "/")]
        return not above or mounts[max(above, key=len)] == "tmpfs"

    return {path for path in paths if own(path)}
