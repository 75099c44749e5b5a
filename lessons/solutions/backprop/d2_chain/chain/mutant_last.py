# kind: last_only
def chain(functions, slopes, x):
    value, product = x, 1.0
    for function, slope in zip(functions, slopes):
        product = slope(value)
        value = function(value)
    return value, product
