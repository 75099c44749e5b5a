answers = {
    "ascending": 1.7 - 1.2 * 10 + 1.6 * 100,
    "descending": 1.7 * 100 - 1.2 * 10 + 1.6,
    "cat_label": 0,
    "output": "prediction",
}
