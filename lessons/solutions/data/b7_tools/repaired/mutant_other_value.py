# kind: other_value
def repaired() -> str:
    return "seconds_in_a_day = 24 * 60 + 60\nseconds_in_a_day"
