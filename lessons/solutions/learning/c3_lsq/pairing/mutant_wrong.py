# kind: wrong_pair
answers = {"A": 2, "B": 3, "C": 1}
