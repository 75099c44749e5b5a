answers = {"smallest": 128, "largest": 12742, "needed": 7_840_000}
