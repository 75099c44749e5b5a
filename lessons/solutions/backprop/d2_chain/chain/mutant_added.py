# kind: added
def chain(functions, slopes, x):
    value, total = x, 0.0
    for function, slope in zip(functions, slopes):
        total += slope(value)
        value = function(value)
    return value, total
