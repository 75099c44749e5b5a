# kind: still_one_line
def repaired() -> str:
    return "seconds_in_a_day = 24 * 60 * 60 seconds_in_a_day"
