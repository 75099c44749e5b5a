# kind: shows_nothing
def repaired() -> str:
    return "seconds_in_a_day = 24 * 60 * 60"
