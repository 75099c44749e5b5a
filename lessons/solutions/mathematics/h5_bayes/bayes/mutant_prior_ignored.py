# kind: prior_ignored
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    return hit_rate / (hit_rate + false_alarm_rate)
