# kind: row_by_row
answers = {"A": 1, "B": 2, "C": 3}
