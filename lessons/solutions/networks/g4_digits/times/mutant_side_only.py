# kind: side_only
answers = {"smallest": 100_000 / 28, "largest": 9_990_000 / 28, "needed": 280_000}
