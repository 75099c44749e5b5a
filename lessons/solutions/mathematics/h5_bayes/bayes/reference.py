def bayes(prior: float, hit_rate: float, false_alarm_rate: float) -> float:
    joint = prior * hit_rate
    return joint / (joint + (1 - prior) * false_alarm_rate)
