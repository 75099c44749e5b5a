# kind: forward_forgotten
def passes(parameters):
    return 2 * parameters, 1
