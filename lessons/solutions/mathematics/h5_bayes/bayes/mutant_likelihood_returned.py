# kind: likelihood_returned
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    return hit_rate
