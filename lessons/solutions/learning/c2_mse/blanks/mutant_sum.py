# kind: sum_not_mean
answers = {
    "points_after_4_hours": 8,
    "cost_at_2": 14,
}
