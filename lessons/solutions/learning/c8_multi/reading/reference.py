answers = {
    "weights": 7,
    "shape_xw": (12, 1),
    "shape_wtx": (1, 12),
    "logistic": "class",
    "file": "csv",
}
