# kind: healthy_instead
def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    other = (1 - prior) * false_alarm_rate
    return other / (prior * hit_rate + other)
