# kind: not_a_pairing
answers = {"A": 2, "B": 2, "C": 1}
