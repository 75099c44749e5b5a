# kind: orders_exchanged
answers = {"ascending": 159.6, "descending": 149.7, "cat_label": 0, "output": "prediction"}
