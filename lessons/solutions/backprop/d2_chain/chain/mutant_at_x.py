# kind: slopes_at_x
def chain(functions, slopes, x):
    value, product = x, 1.0
    for function, slope in zip(functions, slopes):
        product *= slope(x)
        value = function(value)
    return value, product
