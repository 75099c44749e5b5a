# kind: slopes_at_output
def chain(functions, slopes, x):
    value, product = x, 1.0
    for function, slope in zip(functions, slopes):
        value = function(value)
        product *= slope(value)
    return value, product
