# kind: other_data
answers = {
    "points_after_4_hours": 8,
    "cost_at_2": 0,
}
