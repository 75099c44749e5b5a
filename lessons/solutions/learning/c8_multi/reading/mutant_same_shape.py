# kind: transposed
answers = {
    "weights": 7,
    "shape_xw": (12, 1),
    "shape_wtx": (12, 1),
    "logistic": "class",
    "file": "csv",
}
