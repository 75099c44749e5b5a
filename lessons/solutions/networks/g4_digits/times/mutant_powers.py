# kind: powers
answers = {"smallest": 127.55, "largest": 12742.35, "needed": 10_000}
