# kind: weight_not_points
answers = {
    "points_after_4_hours": 2,
    "cost_at_2": 14 / 3,
}
