# kind: trusted
answers = {"ascending": 5.0, "descending": 159.6, "cat_label": 0, "output": "prediction"}
