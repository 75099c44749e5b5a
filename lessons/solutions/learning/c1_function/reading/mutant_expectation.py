# kind: expectation
answers = {"ascending": 149.7, "descending": 159.6, "cat_label": 0, "output": "expectation"}
