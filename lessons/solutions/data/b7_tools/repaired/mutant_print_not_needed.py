# kind: print_not_needed
def repaired() -> str:
    return "seconds_in_a_day = 24 * 60 * 60\nprint(seconds_in_a_day)"
