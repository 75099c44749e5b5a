# kind: prefix_trap
def elsewhere(paths: set[str], mounts: dict[str, str]) -> set[str]:
    def own(path: str) -> bool:
        return not any(path.startswith(folder) for folder in mounts)

    return {path for path in paths if own(path)}
