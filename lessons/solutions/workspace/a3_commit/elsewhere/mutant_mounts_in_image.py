# kind: mounts_in_image
def elsewhere(paths: set[str], mounts: dict[str, str]) -> set[str]:
    def own(path: str) -> bool:
        return not any(path.startswith(folder + "/") for folder in mounts)

    return set(paths)
