answers = {"A": 3, "B": 2, "C": 1}
