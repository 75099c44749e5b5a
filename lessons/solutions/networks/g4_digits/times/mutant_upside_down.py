# kind: upside_down
answers = {"smallest": 784 / 100_000, "largest": 784 / 9_990_000, "needed": 7_840_000}
