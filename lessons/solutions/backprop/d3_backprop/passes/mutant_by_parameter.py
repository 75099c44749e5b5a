# kind: backprop_by_parameter
def passes(parameters):
    return 2 * parameters, 2 * parameters
