# kind: unsorted
Day = tuple[int, int, int]


def per_second(per_week: float) -> float:
    return per_week / (7 * 24 * 60 * 60)


def available(day: Day, releases: dict[str, Day]) -> list[str]:
    return sorted((name for name, out in releases.items() if out <= day), key=releases.get)
