# kind: not_kept
def repaired() -> str:
    return "24 * 60 * 60"
