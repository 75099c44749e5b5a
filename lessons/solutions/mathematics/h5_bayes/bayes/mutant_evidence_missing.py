# kind: evidence_missing
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    return prior * hit_rate
