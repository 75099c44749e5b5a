def passes(parameters):
    return 2 * parameters, 2
