# kind: logistic_is_no_line
answers = {
    "weights": 7,
    "shape_xw": (12, 1),
    "shape_wtx": (1, 12),
    "logistic": "number",
    "file": "csv",
}
