# kind: computed_by_head
def repaired() -> str:
    return "seconds_in_a_day = 86400\nseconds_in_a_day"
