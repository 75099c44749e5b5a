# kind: letter
answers = {"ascending": 149.7, "descending": 159.6, "cat_label": "O", "output": "prediction"}
