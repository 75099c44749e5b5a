# kind: wrong_value
answers = {"smallest": 100, "largest": 10_000, "needed": 7_840_000}
